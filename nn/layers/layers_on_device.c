/* What layers share of their work on a device: grids and offsets for the kernels' arguments, and
 * the kernels that several of them run. */
#include "layers_on_device.h"

struct device_grid grid_on_device(const struct pass *pass, const struct grid *grid)
{
    return (struct device_grid){
        .at = place_on_device(pass, grid->at),
        .c = grid->c,
        .h = grid->h,
        .w = grid->w,
        .row = (int)grid->row,
        .picture = (int)grid->picture,
    };
}

i64 place_on_device(const struct pass *pass, const void *place)
{
    return device_at(pass->device->memory, place);
}

int64_t numbers_on_device(const struct pass *pass, const struct grid *grid)
{
    return (int64_t)pass->rows * grid->h * grid->w * grid->c;
}

int shards_of(const struct pass *pass)
{
    return (pass->rows + SHARD - 1) / SHARD;
}

void elementwise_on_device(const struct pass *pass, enum elementwise_function function,
                           const struct grid *x, const struct grid *y, const struct grid *to,
                           real slope)
{
    const struct elementwise arguments = {
        .x = grid_on_device(pass, x),
        .y = y ? grid_on_device(pass, y) : (struct device_grid){.at = -1},
        .to = grid_on_device(pass, to),
        .function = function,
        .n = pass->rows,
        .size = x->h * x->w * x->c,
        .slope = (float)slope,
    };

    if (to->at && (function != COPY || to->at != x->at))
        DEVICE_RUN(pass->device->memory, "elementwise", numbers_on_device(pass, x), &arguments);
}

/* ---- Windows ---- */

struct pool pool_on_device(const struct node *node, const struct pass *pass, real factor)
{
    const struct window *window = &node->layer->window;

    return (struct pool){
        .x = grid_on_device(pass, &node->in),
        .y = grid_on_device(pass, &node->out),
        .dx = grid_on_device(pass, &node->din),
        .dy = grid_on_device(pass, &node->dout),
        .n = pass->rows,
        .kh = window->kh,
        .kw = window->kw,
        .stride_y = window->stride ? window->stride : window->kh,
        .stride_x = window->stride ? window->stride : window->kw,
        .pad = window->pad,
        .factor = (float)factor,
    };
}

void pool_back_on_device(const struct node *node, const struct pass *pass, const struct pool *pool)
{
    if (node->din.at)
        DEVICE_RUN(pass->device->memory, "pool_back", numbers_on_device(pass, &node->din), pool);
}

/* ---- Weights times inputs ---- */

struct products products_on_device(const struct node *node, const struct pass *pass)
{
    const struct layer *layer = node->layer;

    return (struct products){
        .in = grid_on_device(pass, &node->in),
        .out = grid_on_device(pass, &node->out),
        .din = grid_on_device(pass, &node->din),
        .dout = grid_on_device(pass, &node->dout),
        .bias_dout = grid_on_device(pass, &node->dout),
        .weights = place_on_device(pass, node->parameters),
        .forward = place_on_device(pass, layer->bf16 ? node->derived : node->parameters),
        .transposed = place_on_device(pass, node->derived + layer->derived_forward.numbers),
        .sums = place_on_device(pass, node->gradients),
        .n = pass->rows,
        .inputs = layer->in.c,
        .outputs = layer->out.c,
        .kh = 1,
        .kw = 1,
        .stride = 1,
        .bias = layer->bias,
        .parameters = (int)layer->parameters,
        .per = pass->rows,
        .groups = 1,
        .bf16 = layer->bf16,
        .paired = layer->out.w,
        .bias_run = layer->out.w,
        .din_items = 1,
    };
}

size_t products_bytes_on_device(const struct layer *layer)
{
    return layer->bf16 ? sizeof(float) * (size_t)(shape_size(layer->in) + shape_size(layer->out))
                       : 0;
}

/* Takes the numbers of a grid rounded, side by side from `at` on in the node's scratch. */
static void use_rounded(const struct node *node, struct device_grid *grid, int channels, i64 at)
{
    grid->at = node->device_scratch + at;
    grid->c = channels;
    grid->row = grid->w * channels;
    grid->picture = grid->h * grid->row;
}

/* Rounds a batch of numbers to there. */
static void round_on_device(const struct node *node, const struct pass *pass,
                            const struct grid *from, i64 at)
{
    const int row = from->w * from->c, size = from->h * row;
    const struct elementwise arguments = {
        .x = grid_on_device(pass, from),
        .y.at = -1,
        .to = {node->device_scratch + at, from->c, from->h, from->w, row, size},
        .function = ROUND,
        .n = pass->rows,
        .size = size,
    };

    DEVICE_RUN(pass->device->memory, "elementwise", numbers_on_device(pass, from), &arguments);
}

/* Counts the squares of positions and channels in a batch. */
static int64_t count_squares(const struct pass *pass, const struct grid *grid)
{
    return SQUARES((int64_t)pass->rows * grid->h * grid->w) * SQUARES(grid->c);
}

void products_forward_on_device(const struct node *node, const struct pass *pass, struct products p)
{
    if (p.bf16) {
        round_on_device(node, pass, &node->in, 0);
        use_rounded(node, &p.in, p.inputs, 0);
    }
    DEVICE_RUN(pass->device->memory, "product_forward", count_squares(pass, &node->out), &p);
}

/* Counts the inputs in whole panels of LANES, or the outputs. */
static int64_t in_panels(int numbers)
{
    return (int64_t)panels(numbers) * LANES;
}

static int64_t count_weights(const struct products *p)
{
    return in_panels(p->outputs) * p->kh * p->kw * p->inputs;
}

struct device_gradients products_gradients_on_device(const struct node *node,
                                                     const struct products *p)
{
    const bool with_bias = p->bias && !node->layer->mean_removed_next;

    return (struct device_gradients){p->sums, p->groups,
                                     with_bias ? p->parameters : (int)count_weights(p)};
}

void products_backward_on_device(const struct node *node, const struct pass *pass,
                                 struct products p)
{
    const i64 inputs = (i64)sizeof(float) * numbers_on_device(pass, &node->in);
    int64_t sums;

    if (p.bf16) { /* the input was, forward */
        use_rounded(node, &p.in, p.inputs, 0);
        round_on_device(node, pass, &node->dout, inputs);
        use_rounded(node, &p.dout, p.outputs, inputs);
    }
    p.din_items = p.din_items && node->din.at ? (int)count_squares(pass, &node->din) : 0;
    p.to = node->frozen ? p.from : products_gradients_on_device(node, &p).given;
    sums = (int64_t)p.groups * (p.to - p.from);
    DEVICE_RUN(pass->device->memory, "product_backward", p.din_items + sums, &p);
}

void products_refresh_on_device(const struct node *node, const struct pass *pass,
                                const struct products *p)
{
    const struct layer *layer = node->layer;
    const int64_t rounded = p->bf16 ? count_weights(p) : 0;
    const int64_t transposed = layer->derived.numbers > layer->derived_forward.numbers
                                   ? in_panels(p->inputs) * p->outputs * p->kh * p->kw
                                   : 0;

    DEVICE_RUN(pass->device->memory, "product_weights", rounded + transposed, p);
}
