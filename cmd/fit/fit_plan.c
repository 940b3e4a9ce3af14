#include "fit_plan.h"

#include "cmd/terminal/network_text.h"
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"

#include <stdio.h>
#include <string.h>

enum { LAYERS = 28, CELL = 64 }; /* columns for a step's layers; room for a cell's text */

/* ---- As text, within 80 columns ---- */

/* "1", "1-2", "1-2 5-6": forward, then back */
static const char *phases_text(const struct nn_plan_step *step, char text[CELL])
{
    int used = snprintf(text, CELL, "%d", step->forward[0]);

    if (step->forward[1] > step->forward[0])
        used += snprintf(text + used, (size_t)(CELL - used), "-%d", step->forward[1]);
    if (step->backward[0])
        used += snprintf(text + used, (size_t)(CELL - used), " %d", step->backward[0]);
    if (step->backward[1] > step->backward[0])
        snprintf(text + used, (size_t)(CELL - used), "-%d", step->backward[1]);
    return text;
}

/* How much of a list fits a column, up to a blank. */
static int fitting(const char *text)
{
    int length = (int)strlen(text);

    if (length <= LAYERS)
        return length;
    for (length = LAYERS; length > 0 && text[length] != ' ';)
        length--;
    return length ? length : LAYERS;
}

static void print_step(int number, const struct nn_plan_step *step)
{
    char shape[OUTPUT_TEXT], phases[CELL];
    const char *rest = step->layers;
    int length = fitting(rest);

    printf("%4d  %-*.*s %10s %9lld %11lld  %s\n", number, LAYERS, length, rest,
           output_text(step->out, shape), (long long)step->parameters,
           (long long)step->multiply_adds, phases_text(step, phases));
    while (rest[length]) {
        rest += length + (rest[length] == ' ');
        length = fitting(rest);
        printf("      %.*s\n", length, rest);
    }
}

static void print_steps(const struct nn_plan *plan)
{
    long long parameters = 0, multiply_adds = 0;

    printf("%4s  %-*s %10s %9s %11s  %s\n", "step", LAYERS, "layers", "output", "weights",
           "mult-adds", "fwd back");
    for (int i = 0; i < plan->steps; i++) {
        print_step(i + 1, &plan->step[i]);
        parameters += plan->step[i].parameters;
        multiply_adds += plan->step[i].multiply_adds;
    }
    printf("%4s  %-*s %10s %9lld %11lld\n\n", "all", LAYERS, "", "", parameters, multiply_adds);
}

/* "3-5": the steps whose output, or gradient, lies in a buffer; they are neighbours. */
static const char *steps_text(const struct nn_plan *plan, int buffer, bool gradient,
                              char text[CELL])
{
    int first = 0, last = 0;

    for (int i = 0; i < plan->steps; i++)
        if ((gradient ? plan->step[i].gradient : plan->step[i].output) == buffer) {
            first = first ? first : i + 1;
            last = i + 1;
        }
    if (first == 0)
        return "-";
    snprintf(text, CELL, first < last ? "%d-%d" : "%d", first, last);
    return text;
}

static size_t print_buffers(const struct nn_plan *plan)
{
    char shape[OUTPUT_TEXT], outputs[CELL], gradients[CELL];
    size_t bytes = 0;

    printf("%6s %14s %6s %11s %11s %12s\n", "buffer", "picture", "border", "bytes", "outputs of",
           "gradients of");
    for (int i = 0; i < plan->buffers; i++) {
        const struct nn_plan_buffer *buffer = &plan->buffer[i];

        printf("%6d %14s %6d %11zu %11s %12s\n", i + 1, output_text(buffer->shape, shape),
               buffer->border, buffer->bytes, steps_text(plan, i, false, outputs),
               steps_text(plan, i, true, gradients));
        bytes += buffer->bytes;
    }
    printf("\n");
    return bytes;
}

static void print_bytes(const struct nn_plan *plan, size_t buffers, size_t trainer,
                        size_t predictor)
{
    size_t kept = 0;

    for (int i = 0; i < plan->steps; i++)
        kept += plan->step[i].kept;
    printf("%11zu bytes for outputs and gradients\n", buffers);
    printf("%11zu for what steps keep besides, and their scratch\n", kept);
    printf("%11zu for sums of shards\n", plan->sums);
    printf("%11zu for scratch of threads\n", plan->threads);
    printf("%11zu for gradients of weights\n", plan->gradients);
    printf("%11zu for copies of weights, transposed or transformed\n", plan->copies);
    printf("%11zu for the optimizer\n", plan->optimizer);
    printf("%11zu for the order of rows\n", plan->order);
    if (plan->average)
        printf("%11zu for averaged weights\n", plan->average);
    if (plan->augmentation)
        printf("%11zu for augmentation\n", plan->augmentation);
    printf("%11zu for training in all, with room between\n", trainer);
    printf("%11zu for prediction\n", predictor);
}

/* ---- As JSON ---- */

/* Buffers and phases are numbered from 1 there too; 0 is none. */
static json_t *steps_json(const struct nn_plan *plan)
{
    json_t *steps = json_array();

    for (int i = 0; i < plan->steps; i++) {
        const struct nn_plan_step *s = &plan->step[i];

        json_array_append_new(steps,
                              json_pack("{s:s, s:o, s:I, s:I, s:i, s:i, s:I, s:[i, i], s:[i, i]}",
                                        "layers", s->layers, "output", output_json(s->out),
                                        "weights", (json_int_t)s->parameters, "multiply_adds",
                                        (json_int_t)s->multiply_adds, "output_buffer",
                                        s->output + 1, "gradient_buffer", s->gradient + 1,
                                        "kept_bytes", (json_int_t)s->kept, "forward", s->forward[0],
                                        s->forward[1], "backward", s->backward[0], s->backward[1]));
    }
    return steps;
}

static json_t *buffers_json(const struct nn_plan *plan)
{
    json_t *buffers = json_array();

    for (int i = 0; i < plan->buffers; i++)
        json_array_append_new(buffers, json_pack("{s:o, s:i, s:I}", "picture",
                                                 output_json(plan->buffer[i].shape), "border",
                                                 plan->buffer[i].border, "bytes",
                                                 (json_int_t)plan->buffer[i].bytes));
    return buffers;
}

static int write_json(const struct training *t, const struct nn_plan *plan)
{
    json_t *summary;
    int status;

    if (!common.json)
        return 0;
    summary =
        json_pack("{s:s, s:s, s:I, s:i, s:i, s:i, s:o, s:o, s:I, s:I}", "architecture",
                  nn_network_description(t->model.net), "kernels", nn_kernels_name(), "threads",
                  (json_int_t)common.threads, "batch", t->settings.nn.batch, "shard", plan->shard,
                  "phases", plan->phases, "steps", steps_json(plan), "buffers", buffers_json(plan),
                  "training_bytes", (json_int_t)nn_trainer_bytes(t->trainer), "prediction_bytes",
                  (json_int_t)nn_predictor_bytes(t->predictor));
    status = write_summary(summary, NULL);
    json_decref(summary);
    return status;
}

int fit_print_plan(const struct training *t)
{
    struct nn_plan *plan = nn_trainer_plan(t->trainer);
    struct err err;
    int status;

    if (!plan) {
        err_memory(&err, "the plan", 0);
        return fail(&err);
    }
    printf("batches of %d in shards of %d, phases of a step: %d, and 2 for the update\n",
           t->settings.nn.batch, plan->shard, plan->phases);
    printf("%lld thread%s, %s kernels\n\n", (long long)common.threads, plural(common.threads),
           nn_kernels_name());
    print_steps(plan);
    print_bytes(plan, print_buffers(plan), nn_trainer_bytes(t->trainer),
                nn_predictor_bytes(t->predictor));
    status = fflush(stdout) ? EX_IOERR : write_json(t, plan);
    nn_plan_free(plan);
    return status;
}
