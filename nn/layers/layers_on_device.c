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
    return (struct products){
        .in = grid_on_device(pass, &node->in),
        .out = grid_on_device(pass, &node->out),
        .din = grid_on_device(pass, &node->din),
        .dout = grid_on_device(pass, &node->dout),
        .weights = place_on_device(pass, node->parameters),
        .transposed = place_on_device(pass, node->derived),
        .sums = place_on_device(pass, node->gradients),
        .n = pass->rows,
        .kh = 1,
        .kw = 1,
        .stride = 1,
        .bias = node->layer->bias,
        .parameters = (int)node->layer->parameters,
        .per = pass->rows,
        .groups = 1,
        .inputs = 1,
    };
}

void products_forward_on_device(const struct node *node, const struct pass *pass,
                                const struct products *products)
{
    DEVICE_RUN(pass->device->memory, "product_forward", numbers_on_device(pass, &node->out),
               products);
}

/* Counts the inputs in whole panels of LANES, or the outputs. */
static int64_t in_panels(int numbers)
{
    return (int64_t)panels(numbers) * LANES;
}

struct device_gradients products_gradients_on_device(const struct node *node,
                                                     const struct products *p)
{
    const int64_t weights = in_panels(p->out.c) * p->kh * p->kw * p->in.c;
    const bool with_bias = p->bias && !node->layer->mean_removed_next;

    return (struct device_gradients){p->sums, p->groups, with_bias ? p->parameters : (int)weights};
}

void products_backward_on_device(const struct node *node, const struct pass *pass,
                                 struct products p)
{
    int64_t sums;

    p.inputs = p.inputs && node->din.at ? (int)numbers_on_device(pass, &node->din) : 0;
    p.to = node->frozen ? p.from : products_gradients_on_device(node, &p).given;
    sums = (int64_t)p.groups * (p.to - p.from);
    DEVICE_RUN(pass->device->memory, "product_backward", p.inputs + sums, &p);
}

void products_refresh_on_device(const struct pass *pass, const struct products *products)
{
    DEVICE_RUN(pass->device->memory, "product_transpose",
               in_panels(products->in.c) * products->out.c * products->kh * products->kw, products);
}
