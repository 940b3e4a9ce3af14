#include "plan.h"

#include <stdio.h>
#include <stdlib.h>

/* Notes that a step has a call in a phase. */
static void note(int range[2], int phase)
{
    if (range[0] == 0)
        range[0] = phase;
    range[1] = phase;
}

static void find_phases(const struct plan *plan, const struct step *step, struct nn_plan_step *out)
{
    const struct layer_type *type = step->type;

    for (int p = 0; p < plan->phases; p++)
        for (int i = 0; i < plan->phase[p].calls; i++) {
            const struct call *call = &plan->phase[p].call[i];

            if (call->node != step->node)
                continue;
            if (call->run == type->backward || call->run == type->backward_apply)
                note(out->backward, p + 1);
            else
                note(out->forward, p + 1);
        }
}

static void describe_step(const struct plan *plan, int number, struct nn_plan_step *out)
{
    const struct step *step = &plan->step[number];
    const struct node *first = step->node, *last = first->last;
    const struct shape shape = last->layer->out;
    size_t used = 0;

    out->out = (struct nn_shape){shape.c, shape.h, shape.w};
    out->output = plan->buffers.output[number];
    out->gradient = plan->buffers.gradient[number];
    out->kept = first->kept_bytes * (size_t)(plan->rows / SHARD);
    for (const struct node *node = first; node <= last; node++) {
        char text[LAYER_TEXT];

        layer_text(node->layer, text);
        used += (size_t)snprintf(out->layers + used, sizeof out->layers - used, "%s%s",
                                 node > first ? ", " : "", text);
        if (used >= sizeof out->layers)
            used = sizeof out->layers - 1;
        out->parameters += layer_parameters(node->layer);
        out->multiply_adds += node->layer->multiply_adds;
    }
    find_phases(plan, step, out);
}

struct nn_plan *plan_describe(const struct plan *plan, const struct nn_network *net)
{
    struct nn_plan *out = calloc(1, sizeof *out);

    if (!out)
        return NULL;
    out->step = calloc((size_t)plan->steps, sizeof *out->step);
    out->buffer = calloc((size_t)plan->buffers.count, sizeof *out->buffer);
    if (!out->step || !out->buffer) {
        nn_plan_free(out);
        return NULL;
    }
    out->shard = SHARD;
    out->phases = plan->phases;
    out->steps = plan->steps;
    for (int i = 0; i < plan->steps; i++)
        describe_step(plan, i, &out->step[i]);
    out->buffers = plan->buffers.count;
    for (int i = 0; i < plan->buffers.count; i++) {
        const struct buffer *b = &plan->buffers.list[i];

        out->buffer[i] = (struct nn_plan_buffer){
            {b->c, b->h, b->w}, b->border, b->picture * (size_t)plan->rows * sizeof(real)};
    }
    for (int i = 0; i < plan->nodes; i++)
        out->sums += plan->node[i].layer->shard_bytes * (size_t)(plan->rows / SHARD) +
                     plan->node[i].layer->batch_bytes;
    out->threads = plan->thread_bytes * (size_t)plan->threads;
    out->gradients = net->parameters * sizeof(real);
    out->copies = net->derived * sizeof(real);
    return out;
}

void nn_plan_free(struct nn_plan *plan)
{
    if (!plan)
        return;
    free(plan->step);
    free(plan->buffer);
    free(plan);
}
