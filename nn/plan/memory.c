/* Decides which activations and gradients share memory, and hands out all of it from one block. */
#include "memory.h"
#include "nn/base/memory.h"

#include <stdlib.h>

/* ---- Buffers: which activations and gradients share memory ---- */

/* Memory for the outputs of one or several groups, or for their gradients, or for both. */
struct buffer {
    int c, h, w, border;
    size_t picture; /* numbers */
    size_t at;      /* offset in the block, in numbers */
};

struct buffers {
    struct buffer *list; /* at most two for each group */
    int count;
    /* [groups] in which buffer a group's output lies, and the gradient of its output; -1: none */
    int *output, *gradient;
};

static int buffers_init(struct buffers *buffers, int groups)
{
    *buffers = (struct buffers){
        .list = calloc(2 * (size_t)groups, sizeof *buffers->list),
        .output = calloc((size_t)groups, sizeof *buffers->output),
        .gradient = calloc((size_t)groups, sizeof *buffers->gradient),
    };
    if (!buffers->list || !buffers->output || !buffers->gradient)
        return -1;
    for (int i = 0; i < groups; i++)
        buffers->output[i] = buffers->gradient[i] = -1;
    return 0;
}

static void widen(struct buffer *buffer, int border)
{
    if (border > buffer->border)
        buffer->border = border;
}

static int add_buffer(struct buffers *buffers, const struct group *group)
{
    const struct shape shape = group->first->last->layer->out;

    buffers->list[buffers->count] = (struct buffer){.c = shape.c, .h = shape.h, .w = shape.w};
    return buffers->count++;
}

static bool only_reshapes(const struct group *group)
{
    return group->first->layer->type->role == ROLE_SHAPE;
}

/* Tells whether a group's output may lie in the buffer of its input. A layer that only changes the
 * shape sees the same numbers only if there is no border between them. */
static bool may_share(const struct group *group, const struct buffer *buffer)
{
    return group->ops->in_place && (!only_reshapes(group) || buffer->border == 0);
}

static void place_outputs(struct buffers *buffers, const struct groups *groups, bool training)
{
    int *output = buffers->output;

    for (int i = 0; i < groups->count; i++) {
        const struct group *group = &groups->group[i];
        const bool spoils = training && i && !only_reshapes(group) && group[-1].ops->keeps_output;

        if (i && !spoils && may_share(group, &buffers->list[output[i - 1]]))
            output[i] = output[i - 1];
        else
            output[i] = add_buffer(buffers, group);
        if (i + 1 < groups->count)
            widen(&buffers->list[output[i]], group[1].first->layer->border_in);
    }
}

/* Tells whether the gradient of group i's output may lie over the output itself: when the gradient
 * is written, nothing in that buffer is read any more. */
static bool may_overwrite(const struct buffers *buffers, const struct groups *groups, int i)
{
    const struct group *group = groups->group;
    const int here = buffers->output[i], border = group[i].first->last->layer->border_dout;

    if (i && buffers->output[i - 1] == here)
        return false;
    for (; i + 1 < groups->count && !group[i].ops->keeps_output; i++) {
        if (buffers->output[i + 1] != here)
            return group[i + 1].ops->over_input && !group[i + 1].first->layer->weight_grad_last;
        if (only_reshapes(&group[i + 1]) && border > 0)
            return false;
    }
    return false;
}

/* Places the gradients of outputs from the first group that learns on: those before it are not
 * needed, nor is that of the last group, the loss. */
static void place_gradients(struct buffers *buffers, const struct groups *groups)
{
    int *gradient = buffers->gradient, first = 0;

    while (first < groups->count && !group_learns(&groups->group[first]))
        first++;
    for (int i = first; i + 1 < groups->count; i++) {
        const struct group *group = &groups->group[i];

        if (i > first && may_share(group, &buffers->list[gradient[i - 1]]))
            gradient[i] = gradient[i - 1];
        else if (may_overwrite(buffers, groups, i))
            gradient[i] = buffers->output[i];
        else
            gradient[i] = add_buffer(buffers, group);
        widen(&buffers->list[gradient[i]], group->first->last->layer->border_dout);
    }
}

/* ---- The block, handed out in pieces ---- */

static size_t take(size_t *total, size_t numbers)
{
    const size_t at = *total;

    /* After each piece LANES numbers may be read, see kernels.h. */
    *total = (at + numbers + LANES + 15) / 16 * 16;
    return at;
}

static size_t in_numbers(size_t bytes)
{
    return (bytes + sizeof(real) - 1) / sizeof(real);
}

/* Counts the numbers from picture to picture. While one thread sums up the weights' gradient over a
 * shard another may still write the output's gradient of the next shard, and the kernel reads up to
 * LANES - 1 numbers past the last, see kernels.h: a gap keeps these apart. All vectors are written
 * before. */
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

/* Offsets of a node's scratch in the block. */
struct scratch {
    size_t shard, batch, kept;
};

static void take_scratch(struct scratch *scratch, const struct groups *groups, int rows,
                         size_t *total)
{
    const size_t shards = (size_t)(rows / SHARD);

    for (int i = 0; i < groups->nodes; i++) {
        const struct node *node = &groups->node[i];

        scratch[i].shard = take(total, in_numbers(node->layer->shard_bytes * shards));
        scratch[i].batch = take(total, in_numbers(node->layer->batch_bytes));
        scratch[i].kept = take(total, in_numbers(node->kept_bytes * shards));
    }
}

/* Returns the most scratch of a thread that any layer needs, in whole cache lines. */
static size_t most_thread_bytes(const struct groups *groups)
{
    const size_t line = 64;
    size_t most = 0;

    for (int i = 0; i < groups->nodes; i++)
        if (groups->node[i].layer->thread_bytes > most)
            most = groups->node[i].layer->thread_bytes;
    return (most + line - 1) / line * line;
}

/* ---- The nodes' pointers ---- */

/* Returns a grid of this shape in a buffer; without memory if `buffer` is -1. */
static struct grid grid_in(const struct buffers *buffers, int buffer, struct shape shape,
                           real *block)
{
    struct grid grid = {.c = shape.c, .h = shape.h, .w = shape.w};
    const struct buffer *b = &buffers->list[buffer < 0 ? 0 : buffer];

    if (buffer < 0)
        return grid;
    /* A flat view of a picture without border has one row, as long as the picture. */
    grid.row = (ptrdiff_t)(shape.w + 2 * b->border) * shape.c;
    grid.picture = (ptrdiff_t)b->picture;
    grid.at = block + b->at + b->border * (grid.row + shape.c);
    return grid;
}

/* Connects the nodes' grids. Between the layers of a group there is no memory. */
static void connect_grids(const struct groups *groups, const struct buffers *buffers, real *block)
{
    for (int i = 0; i < groups->count; i++) {
        struct node *first = groups->group[i].first;

        for (struct node *node = first; node <= first->last; node++) {
            const struct shape in = node->layer->in, out = node->layer->out;
            const bool begins = node == first && i > 0, ends = node == first->last;

            node->in = grid_in(buffers, begins ? buffers->output[i - 1] : -1, in, block);
            node->din = grid_in(buffers, begins ? buffers->gradient[i - 1] : -1, in, block);
            node->out = grid_in(buffers, ends ? buffers->output[i] : -1, out, block);
            node->dout = grid_in(buffers, ends ? buffers->gradient[i] : -1, out, block);
        }
    }
}

/* Places of all in the block, as offsets in numbers, and the block's size. */
struct layout {
    struct buffers buffers;
    struct scratch *scratch;
    size_t thread_bytes, threads_at, gradients_at, derived_at, total;
};

static void layout_free(struct layout *l)
{
    free(l->buffers.list);
    free(l->buffers.output);
    free(l->buffers.gradient);
    free(l->scratch);
}

/* layout_free() is due whatever comes of it. */
static int lay_out(struct layout *l, const struct groups *groups, const struct nn_network *net,
                   int rows, int threads, bool training)
{
    *l = (struct layout){.scratch = calloc((size_t)groups->nodes, sizeof *l->scratch),
                         .thread_bytes = most_thread_bytes(groups)};
    if (!l->scratch || buffers_init(&l->buffers, groups->count))
        return -1;
    place_outputs(&l->buffers, groups, training);
    if (training)
        place_gradients(&l->buffers, groups);
    take_buffers(&l->buffers, rows, &l->total);
    take_scratch(l->scratch, groups, rows, &l->total);
    l->threads_at = take(&l->total, in_numbers(l->thread_bytes * (size_t)threads));
    l->gradients_at = take(&l->total, training ? net->parameters : 0);
    l->derived_at = take(&l->total, net->derived);
    return 0;
}

size_t memory_needed(const struct groups *groups, const struct nn_network *net, int rows,
                     int threads, bool training)
{
    struct layout l;
    const size_t bytes =
        lay_out(&l, groups, net, rows, threads, training) ? 0 : l.total * sizeof(real);

    layout_free(&l);
    return bytes;
}

int memory_init(struct memory *memory, const struct groups *groups, const struct nn_network *net,
                int rows, int threads, bool training)
{
    struct layout l;
    real *block;
    int result = -1;

    if (lay_out(&l, groups, net, rows, threads, training))
        goto out;
    memory->bytes = l.total * sizeof(real);
    memory->block = block = aligned_zeros(memory->bytes);
    if (!block)
        goto out;
    connect_grids(groups, &l.buffers, block);
    for (int i = 0; i < groups->nodes; i++) {
        struct node *node = &groups->node[i];

        node->gradients = block + l.gradients_at + node->layer->parameters_at;
        node->derived = block + l.derived_at + node->layer->derived_at;
        node->thread_scratch = (char *)(block + l.threads_at);
        node->thread_bytes = l.thread_bytes;
        node->shard_scratch = (char *)(block + l.scratch[i].shard);
        node->batch_scratch = block + l.scratch[i].batch;
        node->kept = (char *)(block + l.scratch[i].kept);
    }
    result = 0;
out:
    layout_free(&l);
    return result;
}

void memory_free(struct memory *memory)
{
    free(memory->block);
}
