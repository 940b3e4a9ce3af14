#include "plan.h"

#include <stdlib.h>

/* ---- Nodes: which layers are done in one go ---- */

static struct node node_of(const struct layer *layer)
{
    return (struct node){
        .layer = layer,
        .last = layer,
        .type = layer->type,
        .shard_bytes = layer->shard_bytes,
    };
}

/* Merges a normalization with a rectifier and a largest-of-windows behind it, where they are. */
static struct node merge(const struct layer *norm)
{
    const struct layer *last = norm;
    struct node node = node_of(norm);

    if (last[1].type->role == ROLE_RECTIFY)
        last++;
    if (last[1].type->role == ROLE_LARGEST && last[1].apart)
        last++;
    if (last != norm) {
        node.last = last;
        node.type = &step_normalize;
        node.shard_bytes = step_normalize_shard_bytes(norm, last);
    }
    return node;
}

static int plan_nodes(struct plan *plan, const struct nn_network *net)
{
    const struct layer *layer = net->layer, *end = net->layer + net->layers;

    plan->node = calloc((size_t)net->layers, sizeof *plan->node);
    if (!plan->node)
        return -1;
    while (layer < end) {
        struct node *node = &plan->node[plan->nodes++];

        *node = layer->type->role == ROLE_NORMALIZE ? merge(layer) : node_of(layer);
        layer = node->last + 1;
    }
    return 0;
}

/* ---- Buffers: which activations and gradients share memory ---- */

/* Memory of one or several layers' outputs, or of their gradients. */
struct buffer {
    int c, h, w, border;
    size_t at; /* offset in the plan's memory, in numbers */
};

struct buffers {
    struct buffer *list;
    int count;
    int *of; /* [nodes] which buffer a node's output lies in; -1: none */
};

static int buffers_init(struct buffers *buffers, int nodes)
{
    buffers->list = calloc((size_t)nodes, sizeof *buffers->list);
    buffers->of = calloc((size_t)nodes, sizeof *buffers->of);
    return buffers->list && buffers->of ? 0 : -1;
}

static void buffers_free(struct buffers *buffers)
{
    free(buffers->list);
    free(buffers->of);
}

static void widen(struct buffer *buffer, int border)
{
    if (border > buffer->border)
        buffer->border = border;
}

static void add_buffer(struct buffers *buffers, int node, struct shape shape)
{
    buffers->list[buffers->count] = (struct buffer){.c = shape.c, .h = shape.h, .w = shape.w};
    buffers->of[node] = buffers->count++;
}

/* A layer that only changes the shape may see the same memory if that has no border. */
static bool may_share(const struct node *node, const struct buffer *buffer)
{
    return node->type->in_place && (node->type->role != ROLE_SHAPE || buffer->border == 0);
}

static void place_activations(struct buffers *buffers, const struct plan *plan, bool training)
{
    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];
        const int before = i ? buffers->of[i - 1] : -1;
        const bool spoils =
            training && i && node->type->role != ROLE_SHAPE && node[-1].type->keeps_output;

        if (i && !spoils && may_share(node, &buffers->list[before]))
            buffers->of[i] = before;
        else
            add_buffer(buffers, i, node->last->out);
        if (i + 1 < plan->nodes)
            widen(&buffers->list[buffers->of[i]], node[1].layer->border_in);
    }
}

/* Gradients of outputs, from the first node with parameters on; what lies before needs none. */
static void place_gradients(struct buffers *buffers, const struct plan *plan)
{
    int first = 0;

    while (first < plan->nodes && plan->node[first].layer->parameters == 0)
        buffers->of[first++] = -1;
    for (int i = first; i + 1 < plan->nodes; i++) {
        const struct node *node = &plan->node[i];

        if (i > first && may_share(node, &buffers->list[buffers->of[i - 1]]))
            buffers->of[i] = buffers->of[i - 1];
        else
            add_buffer(buffers, i, node->last->out);
        widen(&buffers->list[buffers->of[i]], node->last->border_dout);
    }
    buffers->of[plan->nodes - 1] = -1; /* the loss is the end */
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
        const size_t picture =
            (size_t)(b->h + 2 * b->border) * (size_t)(b->w + 2 * b->border) * (size_t)b->c;

        b->at = take(total, picture * (size_t)rows);
    }
}

static struct grid grid_of(const struct buffers *buffers, int node, struct shape shape,
                           real *memory)
{
    struct grid grid = {.c = shape.c, .h = shape.h, .w = shape.w};
    const struct buffer *b;

    if (buffers->of[node] < 0)
        return grid;
    b = &buffers->list[buffers->of[node]];
    /* A flat view of a picture without border has one row, as long as the picture. */
    grid.row = (ptrdiff_t)(shape.w + 2 * b->border) * shape.c;
    grid.picture = (ptrdiff_t)(b->h + 2 * b->border) * (b->w + 2 * b->border) * b->c;
    grid.at = memory + b->at + b->border * (grid.row + shape.c);
    return grid;
}

static size_t in_numbers(size_t bytes)
{
    return (bytes + sizeof(real) - 1) / sizeof(real);
}

struct scratch {
    size_t shard, batch;
};

static void take_scratch(struct scratch *scratch, const struct plan *plan, int rows, size_t *total)
{
    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];

        scratch[i].shard = take(total, in_numbers(node->shard_bytes * (size_t)(rows / SHARD)));
        scratch[i].batch = take(total, in_numbers(node->layer->batch_bytes));
    }
}

static void connect(struct plan *plan, const struct nn_weights *weights,
                    const struct buffers *activations, const struct buffers *gradients,
                    const struct scratch *scratch)
{
    real *memory = plan->memory;

    for (int i = 0; i < plan->nodes; i++) {
        struct node *node = &plan->node[i];
        const struct layer *layer = node->layer;

        node->out = grid_of(activations, i, node->last->out, memory);
        node->dout = grid_of(gradients, i, node->last->out, memory);
        if (i) {
            node->in = grid_of(activations, i - 1, layer->in, memory);
            node->din = grid_of(gradients, i - 1, layer->in, memory);
        }
        node->parameters = weights->parameters + layer->parameters_at;
        node->statistics = weights->statistics + layer->statistics_at;
        node->gradients = plan->gradients + layer->parameters_at;
        node->derived = plan->derived + layer->derived_at;
        node->shard_scratch = (char *)(memory + scratch[i].shard);
        node->batch_scratch = memory + scratch[i].batch;
    }
}

static int plan_memory(struct plan *plan, const struct nn_network *net,
                       const struct nn_weights *weights, int rows, bool training)
{
    struct buffers activations = {0}, gradients = {0};
    struct scratch *scratch = calloc((size_t)plan->nodes, sizeof *scratch);
    size_t total = 0, gradients_at, derived_at;
    int result = -1;

    if (!scratch || buffers_init(&activations, plan->nodes) ||
        buffers_init(&gradients, plan->nodes))
        goto out;
    place_activations(&activations, plan, training);
    if (training)
        place_gradients(&gradients, plan);
    else
        for (int i = 0; i < plan->nodes; i++)
            gradients.of[i] = -1;
    take_buffers(&activations, rows, &total);
    take_buffers(&gradients, rows, &total);
    take_scratch(scratch, plan, rows, &total);
    gradients_at = take(&total, training ? net->parameters : 0);
    derived_at = take(&total, training ? net->derived : 0);
    plan->bytes = total * sizeof(real);
    plan->memory = aligned_zeros(plan->bytes);
    if (!plan->memory)
        goto out;
    plan->gradients = (real *)plan->memory + gradients_at;
    plan->derived = (real *)plan->memory + derived_at;
    connect(plan, weights, &activations, &gradients, scratch);
    result = 0;
out:
    buffers_free(&activations);
    buffers_free(&gradients);
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
    for (int i = 0; i < plan->nodes; i++) {
        const struct node *node = &plan->node[i];
        const struct layer_type *type = node->type;

        add_call(plan, type->forward, node);
        if (training && type->forward_sync) {
            end_phase(plan, type->forward_sync, node);
            add_call(plan, type->forward_apply, node);
        }
    }
}

static void order_backward(struct plan *plan)
{
    for (int i = plan->nodes - 1; i > 0; i--) {
        const struct node *node = &plan->node[i];
        const struct layer_type *type = node->type;

        if (!node->din.at && node->layer->parameters == 0)
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
    const size_t most = 4 * (size_t)plan->nodes + 2;

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
    *plan = (struct plan){0};
    if (plan_nodes(plan, net) == 0 && plan_memory(plan, net, weights, rows, training) == 0 &&
        plan_order(plan, training) == 0 && (!training || plan_blocks(plan) == 0))
        return 0;
    plan_free(plan);
    return -1;
}

void plan_free(struct plan *plan)
{
    free(plan->node);
    free(plan->phase);
    free(plan->calls);
    free(plan->update);
    free(plan->refresh);
    free(plan->memory);
    *plan = (struct plan){0};
}
