/* fit --plan: the groups of layers that a trainer runs in one go, as text and as JSON. */
#include "fit_plan.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/network_text.h"
#include "fit_settings.h"
#include "pipeline/base/memory_left.h"
#include "pipeline/base/utf8.h"

#include <stdio.h>

enum { LAYERS = 28 }; /* columns for a group's layers */

/* ---- As text, within 80 columns ---- */

/* Prints "1", "1-2", "1-2 5-6": phases forward, then backward. */
static void print_phases(const struct nn_group *group)
{
    printf(group->forward[0] ? "%d" : "-", group->forward[0]);
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

/* ---- Memory ---- */

enum { BATCH_MOST = 65536 }; /* as --batch goes */

struct need {
    int batch;
    size_t training, prediction, pictures; /* bytes */
    size_t left;                           /* besides the pictures, which are loaded; see `limit` */
    const char *limit;                     /* what sets it; "": not known */
    int largest;                           /* batch that fits; 0: none does */
};

static bool fits(const struct training *t, const struct need *need, int batch)
{
    return nn_trainer_bytes_for(t->trainer, batch) + need->prediction <= need->left;
}

/* Finds the largest batch by halving: memory grows with it. None is larger than the rows. */
static int find_largest(const struct training *t, const struct need *need)
{
    int low = 0, high = t->data.n < BATCH_MOST ? (int)t->data.n : BATCH_MOST;

    while (low < high) {
        const int middle = low + (high - low + 1) / 2;

        if (fits(t, need, middle))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The trainer at hand is one of small batches: what it holds would be given back. */
static struct need find_need(const struct training *t, int batch)
{
    static const size_t reserve = 8 << 20; /* for what is neither network nor pictures */
    struct need need = {.batch = batch,
                        .training = nn_trainer_bytes_for(t->trainer, batch),
                        .prediction = nn_predictor_bytes(t->predictor),
                        .pictures = training_picture_bytes(t)};

    need.left = memory_left(&need.limit);
    if (*need.limit) {
        need.left += nn_trainer_bytes(t->trainer) + need.prediction;
        need.left = need.left > reserve ? need.left - reserve : 0;
    }
    need.largest = find_largest(t, &need);
    return need;
}

enum { BYTES_TEXT = 32 };

static const char *bytes_text(size_t bytes, char text[BYTES_TEXT])
{
    const double mib = (double)bytes / 1048576;

    snprintf(text, BYTES_TEXT,
             mib < 0.1    ? "%.1f KiB"
             : mib < 1000 ? "%.1f MiB"
                          : "%.2f GiB",
             mib < 0.1    ? mib * 1024
             : mib < 1000 ? mib
                          : mib / 1024);
    return text;
}

static void print_need(const struct training *t, const struct need *need)
{
    char training[BYTES_TEXT], prediction[BYTES_TEXT], pictures[BYTES_TEXT], left[BYTES_TEXT];

    printf("\n%s for training, %s for prediction, besides %s of pictures\n",
           bytes_text(need->training, training), bytes_text(need->prediction, prediction),
           bytes_text(need->pictures, pictures));
    if (!*need->limit)
        return;
    printf("%s are there, by %s: ", bytes_text(need->left, left), need->limit);
    if (need->largest == 0)
        printf("no batch fits\n");
    else
        printf("batches of %d %s; the largest --batch that fits is %d%s\n", need->batch,
               need->batch <= need->largest || fits(t, need, need->batch) ? "fit" : "do not fit",
               need->largest, need->largest == t->data.n ? ", of all rows" : "");
}

static int write_json(const struct training *t, const struct need *need)
{
    const struct nn_plan plan = nn_trainer_plan(t->trainer);
    json_t *summary;

    if (!common.json)
        return 0;
    summary =
        json_pack("{s:s, s:s, s:I, s:i, s:i, s:i, s:o, s:I, s:I, s:I, s:o, s:i}", "architecture",
                  nn_network_description(t->model.net), "kernels", nn_kernels_name(), "threads",
                  (json_int_t)common.threads, "batch", need->batch, "shard", plan.shard, "phases",
                  plan.phases, "groups", groups_json(t->trainer), "training_bytes",
                  (json_int_t)need->training, "prediction_bytes", (json_int_t)need->prediction,
                  "picture_bytes", (json_int_t)need->pictures, "bytes_left",
                  *need->limit ? json_integer((json_int_t)need->left) : json_null(),
                  "largest_batch", need->largest);
    return write_summary(summary, NULL);
}

int fit_print_plan(const struct training *t, int batch)
{
    const struct nn_plan plan = nn_trainer_plan(t->trainer);
    const struct need need = find_need(t, batch);

    fit_say_precision(t);
    printf("batches of %d in shards of %d, phases of a step: %d, and 2 for the update\n", batch,
           plan.shard, plan.phases);
    printf("%lld thread%s, %s kernels\n\n", (long long)common.threads, plural(common.threads),
           nn_kernels_name());
    print_groups(t->trainer);
    print_need(t, &need);
    return write_json(t, &need);
}
