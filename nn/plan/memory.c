#include "memory.h"

#include <stdlib.h>

/* ---- Buffers: which activations and gradients share memory ---- */

static int buffers_init(struct buffers *buffers, int steps)
{
    buffers->list = calloc(2 * (size_t)steps, sizeof *buffers->list);
    buffers->output = calloc((size_t)steps, sizeof *buffers->output);
    buffers->gradient = calloc((size_t)steps, sizeof *buffers->gradient);
    if (!buffers->list || !buffers->output || !buffers->gradient)
        return -1;
    for (int i = 0; i < steps; i++)
        buffers->output[i] = buffers->gradient[i] = -1;
    return 0;
}

static void widen(struct buffer *buffer, int border)
{
    if (border > buffer->border)
        buffer->border = border;
}

static int add_buffer(struct buffers *buffers, const struct step *step)
{
    const struct shape shape = step->node->last->layer->out;

    buffers->list[buffers->count] = (struct buffer){.c = shape.c, .h = shape.h, .w = shape.w};
    return buffers->count++;
}

/* A layer that only changes the shape may see the same memory if that has no border. */
static bool may_share(const struct step *step, const struct buffer *buffer)
{
    return step->type->in_place && (step->type->role != ROLE_SHAPE || buffer->border == 0);
}

static void place_outputs(struct buffers *buffers, const struct plan *plan, bool training)
{
    int *output = buffers->output;

    for (int i = 0; i < plan->steps; i++) {
        const struct step *step = &plan->step[i];
        const bool spoils =
            training && i && step->type->role != ROLE_SHAPE && step[-1].type->keeps_output;

        if (i && !spoils && may_share(step, &buffers->list[output[i - 1]]))
            output[i] = output[i - 1];
        else
            output[i] = add_buffer(buffers, step);
        if (i + 1 < plan->steps)
            widen(&buffers->list[output[i]], step[1].node->layer->border_in);
    }
}

/* Whether the gradient of this step's output may lie over the output itself: when it is written,
 * nobody reads the output any more, nor what else lies there. */
static bool may_overwrite(const struct buffers *buffers, const struct plan *plan, int i)
{
    const int here = buffers->output[i], border = plan->step[i].node->last->layer->border_dout;

    if (i && buffers->output[i - 1] == here)
        return false;
    for (; i + 1 < plan->steps && !plan->step[i].type->keeps_output; i++) {
        if (buffers->output[i + 1] != here)
            return plan->step[i + 1].type->over_input && !plan->step[i + 1].node->layer->late;
        if (plan->step[i + 1].type->role == ROLE_SHAPE && border > 0)
            return false;
    }
    return false;
}

/* Gradients of outputs, from the first step with parameters on; what lies before needs none, and
 * the loss is the end. */
static void place_gradients(struct buffers *buffers, const struct plan *plan)
{
    int *gradient = buffers->gradient, first = 0;

    while (first < plan->steps && !step_has_parameters(&plan->step[first]))
        first++;
    for (int i = first; i + 1 < plan->steps; i++) {
        const struct step *step = &plan->step[i];

        if (i > first && may_share(step, &buffers->list[gradient[i - 1]]))
            gradient[i] = gradient[i - 1];
        else if (may_overwrite(buffers, plan, i))
            gradient[i] = buffers->output[i];
        else
            gradient[i] = add_buffer(buffers, step);
        widen(&buffers->list[gradient[i]], step->node->last->layer->border_dout);
    }
}

/* ---- Memory: one block, handed out in pieces ---- */

static size_t take(size_t *total, size_t numbers)
{
    const size_t at = *total;

    /* Behind each piece LANES numbers may be read, see kernels.h. */
    *total = (at + numbers + LANES + 15) / 16 * 16;
    return at;
}

/* From picture to picture. While one thread sums up the gradient of a shard's weights another may
 * still write the output's gradient of the next shard. The kernel reads up to LANES - 1 numbers
 * past the last, see kernels.h: these are nobody's. Of vectors all is written before. */
static size_t picture_numbers(const struct buffer *b)
{
    const size_t numbers =
        (size_t)(b->h + 2 * b->border) * (size_t)(b->w + 2 * b->border) * (size_t)b->c;

    return b->h * b->w > 1 && b->c % LANES ? numbers + LANES : numbers;
}

static void take_buffers(struct buffers *buffers, int rows, size_t *total)
{
    for (int i = 0; i < buffers->count; i++) {
        struct buffer *b = &buffers->list[i];

        b->picture = picture_numbers(b);
        b->at = take(total, b->picture * (size_t)rows);
    }
}

/* A grid of this shape in a buffer; without memory if that is -1. */
static struct grid grid_of(const struct buffers *buffers, int buffer, struct shape shape,
                           real *memory)
{
    struct grid grid = {.c = shape.c, .h = shape.h, .w = shape.w};
    const struct buffer *b = &buffers->list[buffer < 0 ? 0 : buffer];

    if (buffer < 0)
        return grid;
    /* A flat view of a picture without border has one row, as long as the picture. */
    grid.row = (ptrdiff_t)(shape.w + 2 * b->border) * shape.c;
    grid.picture = (ptrdiff_t)b->picture;
    grid.at = memory + b->at + b->border * (grid.row + shape.c);
    return grid;
}

static size_t in_numbers(size_t bytes)
{
    return (bytes + sizeof(real) - 1) / sizeof(real);
}

/* Of a node, in the plan's memory. */
struct scratch {
    size_t shard, batch, kept;
};

/* What any layer needs, in whole cache lines. */
static size_t most_thread_bytes(const struct plan *plan)
{
    const size_t line = 64;
    size_t most = 0;

    for (int i = 0; i < plan->nodes; i++)
        if (plan->node[i].layer->thread_bytes > most)
            most = plan->node[i].layer->thread_bytes;
    return (most + line - 1) / line * line;
}

static void take_scratch(struct scratch *scratch, const struct plan *plan, int rows, size_t *total)
{
    const size_t shards = (size_t)(rows / SHARD);

    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];

        scratch[i].shard = take(total, in_numbers(node->layer->shard_bytes * shards));
        scratch[i].batch = take(total, in_numbers(node->layer->batch_bytes));
        scratch[i].kept = take(total, in_numbers(node->kept_bytes * shards));
    }
}

void plan_connect_weights(struct plan *plan, const struct nn_weights *weights)
{
    for (int i = 0; i < plan->nodes; i++) {
        struct node *node = &plan->node[i];

        node->parameters = weights->parameters + node->layer->parameters_at;
        node->statistics = weights->statistics + node->layer->statistics_at;
    }
}

static void connect_node(const struct plan *plan, struct node *node, const struct scratch *scratch)
{
    const struct layer *layer = node->layer;
    real *memory = plan->memory;

    node->gradients = plan->gradients + layer->parameters_at;
    node->derived = plan->derived + layer->derived_at;
    node->thread_scratch = plan->thread_scratch;
    node->thread_bytes = plan->thread_bytes;
    node->shard_scratch = (char *)(memory + scratch->shard);
    node->batch_scratch = memory + scratch->batch;
    node->kept = (char *)(memory + scratch->kept);
}

/* Within a step there is no memory between its layers. */
static void connect(struct plan *plan, const struct buffers *buffers, const struct scratch *scratch)
{
    real *memory = plan->memory;

    for (int i = 0; i < plan->steps; i++) {
        struct node *first = plan->step[i].node;

        for (struct node *node = first; node <= first->last; node++) {
            const struct shape in = node->layer->in, out = node->layer->out;
            const bool begins = node == first && i > 0, ends = node == first->last;

            node->in = grid_of(buffers, begins ? buffers->output[i - 1] : -1, in, memory);
            node->din = grid_of(buffers, begins ? buffers->gradient[i - 1] : -1, in, memory);
            node->out = grid_of(buffers, ends ? buffers->output[i] : -1, out, memory);
            node->dout = grid_of(buffers, ends ? buffers->gradient[i] : -1, out, memory);
            connect_node(plan, node, &scratch[node - plan->node]);
        }
    }
}

int plan_memory_init(struct plan *plan, const struct nn_network *net,
                     const struct nn_weights *weights, int rows, bool training)
{
    struct buffers *buffers = &plan->buffers;
    struct scratch *scratch = calloc((size_t)plan->nodes, sizeof *scratch);
    size_t total = 0, threads_at, gradients_at, derived_at;
    int result = -1;

    if (!scratch || buffers_init(buffers, plan->steps))
        goto out;
    place_outputs(buffers, plan, training);
    if (training)
        place_gradients(buffers, plan);
    take_buffers(buffers, rows, &total);
    take_scratch(scratch, plan, rows, &total);
    plan->thread_bytes = most_thread_bytes(plan);
    threads_at = take(&total, in_numbers(plan->thread_bytes * (size_t)plan->threads));
    gradients_at = take(&total, training ? net->parameters : 0);
    derived_at = take(&total, net->derived);
    plan->bytes = total * sizeof(real);
    plan->memory = aligned_zeros(plan->bytes);
    if (!plan->memory)
        goto out;
    plan->thread_scratch = (char *)((real *)plan->memory + threads_at);
    plan->gradients = (real *)plan->memory + gradients_at;
    plan->derived = (real *)plan->memory + derived_at;
    connect(plan, buffers, scratch);
    plan_connect_weights(plan, weights);
    result = 0;
out:
    free(scratch);
    return result;
}

void plan_memory_free(struct plan *plan)
{
    free(plan->buffers.list);
    free(plan->buffers.output);
    free(plan->buffers.gradient);
    free(plan->memory);
}
