/* Decides which activations and gradients share memory, and hands out all of it from one block. */
#include "memory.h"
#include "nn/base/memory.h"

#include <stdlib.h>

/* ---- Buffers: which activations and gradients share memory ---- */

/* Memory for the outputs of one or several groups, or for their gradients, or for both. */
struct buffer {
    int c, h, w, border;
    bool forked;    /* holds what several groups read: none may write over it */
    bool kept;      /* holds an output that backward reads: only its shape may be changed */
    size_t picture; /* numbers */
    size_t at;      /* offset in the block, in numbers */
};

struct buffers {
    struct buffer *list; /* at most two for each group */
    int count;
    /* [groups] in which buffer a group's output lies, and the gradient of its output; -1: none */
    int *output, *gradient;
    bool *needed; /* [groups] the gradient of a group's output is */
};

static int buffers_init(struct buffers *buffers, int groups)
{
    *buffers = (struct buffers){
        .list = calloc(2 * (size_t)groups, sizeof *buffers->list),
        .output = calloc((size_t)groups, sizeof *buffers->output),
        .gradient = calloc((size_t)groups, sizeof *buffers->gradient),
        .needed = calloc((size_t)groups, sizeof *buffers->needed),
    };
    if (!buffers->list || !buffers->output || !buffers->gradient || !buffers->needed)
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

static enum role role(const struct group *group)
{
    return group->first->layer->type->role;
}

static bool only_reshapes(const struct group *group)
{
    return role(group) == ROLE_SHAPE;
}

/* Tells whether a group computes nothing: its output is its input, which others read as well. */
static bool only_forks(const struct group *group)
{
    return role(group) == ROLE_RESIDUAL || role(group) == ROLE_SHORTCUT;
}

/* Tells whether a group's output may lie in the buffer of its input. A layer that only changes the
 * shape sees the same numbers only if there is no border between them. */
static bool may_share(const struct group *group, const struct buffer *buffer)
{
    return group->ops->in_place && (!only_reshapes(group) || buffer->border == 0);
}

/* Tells whether a group's output lies in the buffer of its input. */
static bool may_stay(const struct group *group, const struct buffer *buffer)
{
    if (only_forks(group))
        return true;
    return !buffer->forked && (only_reshapes(group) || !buffer->kept) && may_share(group, buffer);
}

static void place_outputs(struct buffers *buffers, const struct groups *groups, bool training)
{
    int *output = buffers->output;

    for (int i = 0; i < groups->count; i++) {
        const struct group *group = &groups->group[i];
        const int before = i ? output[group->before] : -1;

        if (i && may_stay(group, &buffers->list[before]))
            output[i] = before;
        else
            output[i] = add_buffer(buffers, group);
        buffers->list[output[i]].forked |= only_forks(group);
        buffers->list[output[i]].kept |= training && group->ops->keeps_output;
        if (i + 1 < groups->count)
            widen(&buffers->list[output[i]], group[1].first->layer->border_in);
    }
}

/* Tells whether the update of some group's weights reads what lies in a buffer. */
static bool update_reads(const struct buffers *buffers, const struct groups *groups, int buffer)
{
    for (int i = 1; i < groups->count; i++)
        if (groups->group[i].first->layer->weight_grad_last &&
            buffers->output[groups->group[i].before] == buffer)
            return true;
    return false;
}

/* Returns the group whose backward is the last one to read the output of group i: of a block's
 * branches that is the body. */
static int last_reader(const struct groups *groups, int i)
{
    int reader = i + 1;

    if (role(&groups->group[reader]) == ROLE_SHORTCUT) /* the body's output goes into the sum */
        while (role(&groups->group[reader]) != ROLE_SUM || groups->group[reader].side != i)
            reader++;
    return reader;
}

/* Tells whether the gradient of group i's output may lie over the output itself: when the gradient
 * is written, nothing in that buffer is read any more. */
static bool may_overwrite(const struct buffers *buffers, const struct groups *groups, int i)
{
    const struct group *group = groups->group;
    const int here = buffers->output[i], border = group[i].first->last->layer->border_dout;

    if (i && buffers->output[group[i].before] == here)
        return false;
    while (i + 1 < groups->count && !group[i].ops->keeps_output) {
        i = last_reader(groups, i);
        if (buffers->output[i] != here)
            return group[i].ops->over_input && !update_reads(buffers, groups, here);
        if (only_reshapes(&group[i]) && border > 0)
            return false;
    }
    return false;
}

/* Tells whether the gradient of group i's output depends on anything that learns: by group. */
static void find_needed(const struct groups *groups, bool *needed)
{
    for (int i = 1; i < groups->count; i++) {
        const struct group *group = &groups->group[i];

        needed[i] = group_learns(group) || needed[group->before] ||
                    (role(group) == ROLE_SUM && needed[group->side]);
    }
}

/* Tells whether a group's output is a summand. Its gradient, that of the sum, is read by both
 * branches, so that none may write over it. */
static bool is_summand(const struct group *group)
{
    return role(group + 1) == ROLE_SHORTCUT || role(group + 1) == ROLE_SUM;
}

/* Returns a buffer for the gradient of group i's output that another group's has and that may be
 * this one's too; -1: none. */
static int shared_gradient(const struct buffers *buffers, const struct groups *groups, int i)
{
    const struct group *group = &groups->group[i], *next = group + 1;
    const int before = buffers->gradient[group->before];

    if (is_summand(group))
        return role(next) == ROLE_SUM && role(&groups->group[next->side]) != ROLE_RESIDUAL
                   ? buffers->gradient[next->side]
                   : -1;
    if (role(group) == ROLE_SUM && before < 0)
        return buffers->gradient[group->side];
    if (role(group) == ROLE_RESIDUAL || (before >= 0 && may_share(group, &buffers->list[before])))
        return before;
    return -1;
}

/* Places the gradients of the outputs that need one; the loss, the last group, has none. */
static void place_gradients(struct buffers *buffers, const struct groups *groups)
{
    int *gradient = buffers->gradient;

    find_needed(groups, buffers->needed);
    for (int i = 1; i + 1 < groups->count; i++) {
        const struct group *group = &groups->group[i];

        if (!buffers->needed[i])
            continue;
        gradient[i] = shared_gradient(buffers, groups, i);
        if (gradient[i] < 0)
            gradient[i] =
                may_overwrite(buffers, groups, i) ? buffers->output[i] : add_buffer(buffers, group);
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

/* Connects what a block's ends have besides: the other summand and its gradient, and the second
 * gradient of the block's input, which without `shortcut` is that of the sum. */
static void connect_side(const struct groups *groups, const struct group *group,
                         const struct buffers *buffers, real *block)
{
    const struct group *side = &groups->group[group->side];
    const struct shape shape = group->first->layer->in;
    struct node *node = group->first;

    if (role(group) == ROLE_RESIDUAL)
        node->dside = grid_in(buffers,
                              role(side) == ROLE_SUM ? buffers->gradient[side->before]
                                                     : buffers->gradient[group->side],
                              shape, block);
    if (role(group) != ROLE_SUM)
        return;
    node->side = grid_in(buffers, buffers->output[group->side], shape, block);
    if (role(side) != ROLE_RESIDUAL)
        node->dside = grid_in(buffers, buffers->gradient[group->side], shape, block);
}

/* Connects the nodes' grids. Between the layers of a group there is no memory. */
static void connect_grids(const struct groups *groups, const struct buffers *buffers, real *block)
{
    for (int i = 0; i < groups->count; i++) {
        const struct group *group = &groups->group[i];
        struct node *first = group->first;

        for (struct node *node = first; node <= first->last; node++) {
            const struct shape in = node->layer->in, out = node->layer->out;
            const bool begins = node == first && i > 0, ends = node == first->last;

            node->in = grid_in(buffers, begins ? buffers->output[group->before] : -1, in, block);
            node->din = grid_in(buffers, begins ? buffers->gradient[group->before] : -1, in, block);
            node->out = grid_in(buffers, ends ? buffers->output[i] : -1, out, block);
            node->dout = grid_in(buffers, ends ? buffers->gradient[i] : -1, out, block);
        }
        connect_side(groups, group, buffers, block);
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
    free(l->buffers.needed);
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
    memory->block = block =
        memory->on_device ? addresses(memory->bytes) : mapped_zeros(memory->bytes);
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
    unmap(memory->block, memory->bytes);
}
