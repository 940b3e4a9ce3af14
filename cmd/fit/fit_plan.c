/* fit --plan: the groups of layers that a trainer runs in one go, as text and as JSON. */
#include "fit_plan.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/network_text.h"
#include "pipeline/base/utf8.h"

#include <stdio.h>

enum { LAYERS = 28 }; /* columns for a group's layers */

/* ---- As text, within 80 columns ---- */

/* Prints "1", "1-2", "1-2 5-6": phases forward, then backward. */
static void print_phases(const struct nn_group *group)
{
    printf("%d", group->forward[0]);
    if (group->forward[1] > group->forward[0])
        printf("-%d", group->forward[1]);
    if (group->backward[0])
        printf(" %d", group->backward[0]);
    if (group->backward[1] > group->backward[0])
        printf("-%d", group->backward[1]);
}

static void print_group(int number, const struct nn_group *group)
{
    char shape[OUTPUT_TEXT];
    const char *rest = group->layers;
    size_t length = utf8_line_cut(rest, LAYERS);

    printf("%5d  %-*.*s %10s %9lld %11lld  ", number, LAYERS, (int)length, rest,
           output_text(group->out, shape), (long long)group->parameters,
           (long long)group->multiply_adds);
    print_phases(group);
    putchar('\n');
    while (rest[length]) {
        rest += length + (rest[length] == ' ');
        length = utf8_line_cut(rest, LAYERS);
        printf("       %.*s\n", (int)length, rest);
    }
}

static void print_groups(const struct nn_trainer *trainer)
{
    const int count = nn_trainer_plan(trainer).groups;
    long long parameters = 0, multiply_adds = 0;

    printf("%5s  %-*s %10s %9s %11s  %s\n", "group", LAYERS, "layers", "output", "weights",
           "mult-adds", "fwd back");
    for (int i = 0; i < count; i++) {
        const struct nn_group group = nn_trainer_group(trainer, i);

        print_group(i + 1, &group);
        parameters += group.parameters;
        multiply_adds += group.multiply_adds;
    }
    printf("%5s  %-*s %10s %9lld %11lld\n", "all", LAYERS, "", "", parameters, multiply_adds);
}

/* ---- As JSON ---- */

/* Phases are numbered from 1; 0 is none. */
static json_t *groups_json(const struct nn_trainer *trainer)
{
    const int count = nn_trainer_plan(trainer).groups;
    json_t *groups = json_array();

    for (int i = 0; i < count; i++) {
        const struct nn_group g = nn_trainer_group(trainer, i);

        json_array_append_new(
            groups, json_pack("{s:s, s:o, s:I, s:I, s:[i, i], s:[i, i]}", "layers", g.layers,
                              "output", output_json(g.out), "weights", (json_int_t)g.parameters,
                              "multiply_adds", (json_int_t)g.multiply_adds, "forward", g.forward[0],
                              g.forward[1], "backward", g.backward[0], g.backward[1]));
    }
    return groups;
}

static int write_json(const struct training *t)
{
    const struct nn_plan plan = nn_trainer_plan(t->trainer);
    json_t *summary;
    int status;

    if (!common.json)
        return 0;
    summary =
        json_pack("{s:s, s:s, s:I, s:i, s:i, s:i, s:o, s:I, s:I}", "architecture",
                  nn_network_description(t->model.net), "kernels", nn_kernels_name(), "threads",
                  (json_int_t)common.threads, "batch", t->settings.nn.batch, "shard", plan.shard,
                  "phases", plan.phases, "groups", groups_json(t->trainer), "training_bytes",
                  (json_int_t)nn_trainer_bytes(t->trainer), "prediction_bytes",
                  (json_int_t)nn_predictor_bytes(t->predictor));
    status = write_summary(summary, NULL);
    json_decref(summary);
    return status;
}

int fit_print_plan(const struct training *t)
{
    const struct nn_plan plan = nn_trainer_plan(t->trainer);

    printf("batches of %d in shards of %d, phases of a step: %d, and 2 for the update\n",
           t->settings.nn.batch, plan.shard, plan.phases);
    printf("%lld thread%s, %s kernels\n\n", (long long)common.threads, plural(common.threads),
           nn_kernels_name());
    print_groups(t->trainer);
    printf("\n%zu bytes for training, %zu for prediction\n", nn_trainer_bytes(t->trainer),
           nn_predictor_bytes(t->predictor));
    return fflush(stdout) ? EX_IOERR : write_json(t);
}
