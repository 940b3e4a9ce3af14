#include "plan.h"
#include "step.h"

#include <stdlib.h>

/* ---- Steps: which layers are done in one go ---- */

static enum role role(const struct node *node)
{
    return node->layer->type->role;
}

/* Whether a matrix layer is better done in bands, see step.h: in training where gradients allow it;
 * in prediction where each number takes so few multiply-adds that the trip to memory counts, and
 * not that products over several pictures are faster. */
static bool in_bands(const struct layer *layer, bool training, bool gradient)
{
    enum { FEW = 32 };

    if (!layer->type->rows)
        return false;
    if (training)
        return !gradient && !layer->late;
    return layer->multiply_adds <= (int64_t)FEW * shape_size(layer->out);
}

/* The step that begins at `node`: see step.h. The last layer of a network is the loss, so that
 * there is always a next one. `gradient`: that of the input is needed, in training. */
static struct step step_from(struct node *node, bool training, bool gradient)
{
    const struct node *next = node;
    bool normalizes = false, largest = false;

    if (in_bands(next->layer, training, gradient))
        next++;
    if (role(next) == ROLE_RECTIFY)
        next++;
    if (role(next) == ROLE_NORMALIZE) {
        normalizes = true;
        next++;
        if (role(next) == ROLE_RECTIFY)
            next++;
    }
    if (role(next) == ROLE_LARGEST && next->layer->apart) {
        largest = true;
        next++;
    }
    node->last = node;
    if (!largest && (!normalizes || next == node + 1))
        return (struct step){node, node->layer->type};
    node->last = next - 1;
    return (struct step){node, !largest     ? &step_normalize
                               : normalizes ? &step_normalize_largest
                                            : &step_largest};
}

static bool has_parameters(const struct step *step)
{
    for (const struct node *node = step->node; node <= step->node->last; node++)
        if (node->layer->parameters)
            return true;
    return false;
}

static int plan_steps(struct plan *plan, const struct nn_network *net, bool training)
{
    bool gradient = false;

    plan->nodes = net->layers;
    plan->node = calloc((size_t)net->layers, sizeof *plan->node);
    plan->step = calloc((size_t)net->layers, sizeof *plan->step);
    if (!plan->node || !plan->step)
        return -1;
    for (int i = 0; i < plan->nodes; i++)
        plan->node[i].layer = &net->layer[i];
    for (int i = 0; i < plan->nodes;
         i = (int)(plan->step[plan->steps++].node->last - plan->node) + 1) {
        struct step *step = &plan->step[plan->steps];

        *step = step_from(&plan->node[i], training, gradient);
        if (step->type->kept_bytes)
            step->node->kept_bytes = step->type->kept_bytes(step->node, training);
        gradient |= has_parameters(step);
    }
    return 0;
}

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

static void buffers_free(struct buffers *buffers)
{
    free(buffers->list);
    free(buffers->output);
    free(buffers->gradient);
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

    while (first < plan->steps && !has_parameters(&plan->step[first]))
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

static void take_buffers(struct buffers *buffers, int rows, size_t *total)
{
    for (int i = 0; i < buffers->count; i++) {
        struct buffer *b = &buffers->list[i];
        b->picture = (size_t)(b->h + 2 * b->border) * (size_t)(b->w + 2 * b->border) * (size_t)b->c;
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

static void connect_node(const struct plan *plan, struct node *node,
                         const struct nn_weights *weights, const struct scratch *scratch)
{
    const struct layer *layer = node->layer;
    real *memory = plan->memory;

    node->parameters = weights->parameters + layer->parameters_at;
    node->statistics = weights->statistics + layer->statistics_at;
    node->gradients = plan->gradients + layer->parameters_at;
    node->derived = plan->derived + layer->derived_at;
    node->shard_scratch = (char *)(memory + scratch->shard);
    node->batch_scratch = memory + scratch->batch;
    node->kept = (char *)(memory + scratch->kept);
}

/* Within a step there is no memory between its layers. */
static void connect(struct plan *plan, const struct nn_weights *weights,
                    const struct buffers *buffers, const struct scratch *scratch)
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
            connect_node(plan, node, weights, &scratch[node - plan->node]);
        }
    }
}

static int plan_memory(struct plan *plan, const struct nn_network *net,
                       const struct nn_weights *weights, int rows, bool training)
{
    struct buffers *buffers = &plan->buffers;
    struct scratch *scratch = calloc((size_t)plan->nodes, sizeof *scratch);
    size_t total = 0, gradients_at, derived_at;
    int result = -1;

    if (!scratch || buffers_init(buffers, plan->steps))
        goto out;
    place_outputs(buffers, plan, training);
    if (training)
        place_gradients(buffers, plan);
    take_buffers(buffers, rows, &total);
    take_scratch(scratch, plan, rows, &total);
    gradients_at = take(&total, training ? net->parameters : 0);
    derived_at = take(&total, training ? net->derived : 0);
    plan->bytes = total * sizeof(real);
    plan->memory = aligned_zeros(plan->bytes);
    if (!plan->memory)
        goto out;
    plan->gradients = (real *)plan->memory + gradients_at;
    plan->derived = (real *)plan->memory + derived_at;
    connect(plan, weights, buffers, scratch);
    result = 0;
out:
    free(scratch);
    return result;
}

/* ---- Order: calls without waiting in one phase, a new phase behind every sync ---- */

static void add_call(struct plan *plan, shard_function *run, const struct node *node)
{
    struct phase *phase = &plan->phase[plan->phases - 1];

    if (run)
        phase->call[phase->calls++] = (struct call){run, node};
}

static void end_phase(struct plan *plan, sync_function *sync, const struct node *node)
{
    struct phase *phase = &plan->phase[plan->phases - 1];

    phase->sync = sync;
    phase->sync_node = node;
    phase[1].call = phase->call + phase->calls;
    plan->phases++;
}

static void order_forward(struct plan *plan, bool training)
{
    for (int i = 0; i < plan->steps; i++) {
        const struct node *node = plan->step[i].node;
        const struct layer_type *type = plan->step[i].type;

        add_call(plan, type->forward, node);
        if (training && type->forward_sync) {
            end_phase(plan, type->forward_sync, node);
            add_call(plan, type->forward_apply, node);
        }
    }
}

static void order_backward(struct plan *plan)
{
    for (int i = plan->steps - 1; i > 0; i--) {
        const struct node *node = plan->step[i].node;
        const struct layer_type *type = plan->step[i].type;

        if (!node->din.at && !has_parameters(&plan->step[i]))
            continue;
        add_call(plan, type->backward, node);
        if (type->backward_sync) {
            end_phase(plan, type->backward_sync, node);
            add_call(plan, type->backward_apply, node);
        }
    }
}

static int plan_order(struct plan *plan, bool training)
{
    const size_t most = 4 * (size_t)plan->steps + 2;

    plan->calls = calloc(most, sizeof *plan->calls);
    plan->phase = calloc(most, sizeof *plan->phase);
    if (!plan->calls || !plan->phase)
        return -1;
    plan->phases = 1;
    plan->phase[0].call = plan->calls;
    order_forward(plan, training);
    if (training)
        order_backward(plan);
    return 0;
}

static int plan_blocks(struct plan *plan)
{
    size_t updates = 0, refreshes = 0;

    for (int i = 0; i < plan->nodes; i++) {
        updates += (size_t)plan->node[i].layer->blocks;
        refreshes += (size_t)plan->node[i].layer->refresh_blocks;
    }
    plan->update = calloc(updates + 1, sizeof *plan->update);
    plan->refresh = calloc(refreshes + 1, sizeof *plan->refresh);
    if (!plan->update || !plan->refresh)
        return -1;
    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];

        for (int b = 0; b < node->layer->blocks; b++)
            plan->update[plan->updates++] = (struct block){node, b};
        for (int b = 0; node->din.at && b < node->layer->refresh_blocks; b++)
            plan->refresh[plan->refreshes++] = (struct block){node, b};
    }
    return 0;
}

int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, bool training)
{
    *plan = (struct plan){.rows = rows};
    if (plan_steps(plan, net, training) == 0 &&
        plan_memory(plan, net, weights, rows, training) == 0 && plan_order(plan, training) == 0 &&
        (!training || plan_blocks(plan) == 0))
        return 0;
    plan_free(plan);
    return -1;
}

void plan_free(struct plan *plan)
{
    free(plan->node);
    free(plan->step);
    free(plan->phase);
    free(plan->calls);
    free(plan->update);
    free(plan->refresh);
    free(plan->memory);
    buffers_free(&plan->buffers);
    *plan = (struct plan){0};
}
