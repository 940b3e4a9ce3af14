/* Forward pass and input gradient by Winograd's minimal filtering, see winograd.h. */
#include "winograd.h"
#include "nn/layers/bf16.h"

void conv2d_winograd_sizes(struct layer *layer)
{
    const struct conv *own = layer->own;
    const size_t weights = winograd_weights_size(layer);
    const size_t back = (size_t)(POINTS * phases(own) * own->outputs * lanes_of(layer->in.c));
    const size_t tile = (size_t)(phases(own) * layer->in.c + own->outputs);

    layer->derived_forward = (struct derived){weights, panels(own->outputs)};
    layer->derived = (struct derived){weights + conv2d_flipped_size(layer) + back,
                                      panels(own->outputs) + panels(layer->in.c)};
    layer->thread_bytes = (weights + POINTS * AT_ONCE * tile + LANES) * sizeof(real);
    layer->device_bytes = conv2d_winograd_bytes_on_device(layer);
}

/* ---- Forward ---- */

void winograd_take_input(const struct node *node, void (*transform)(const struct winograd *),
                         int at_once, const struct tiles *tiles, real *to, int inputs,
                         const struct layout *layout)
{
    const struct conv *own = node->layer->own;

    for (int y = 0; y < own->stride; y++)
        for (int x = 0; x < own->stride; x++) {
            struct square points = points_in(layout);

            points.bottom = points_of(own->kh, own->stride, y);
            points.right = points_of(own->kw, own->stride, x);
            tiles_take(transform, at_once,
                       &(struct squares){&node->in, y - own->pad, x - own->pad, own->stride, SIZE},
                       tiles, to + (y * own->stride + x) * inputs, layout->tile, &points);
        }
}

/* Returns the transform whose results, of each tile, are multiplied. */
static void (*input_transform(const struct node *node))(const struct winograd *)
{
    return node->layer->bf16 ? kernels->winograd_input_bf16 : kernels->winograd_input;
}

/* Counts the phases that have something at point number `point` of one direction: the first ones.
 */
static int phases_at(int kernel, int stride, int point)
{
    int count = 0;

    while (count < stride && point < points_of(kernel, stride, count))
        count++;
    return count;
}

static void multiply(const struct node *node, const struct gemm *p)
{
    if (node->layer->bf16)
        kernels->gemm_bf16(p);
    else
        kernels->gemm(p);
}

/* Returns how many factors a sum over so many channels has. */
static int count_factors(const struct node *node, int channels)
{
    return node->layer->bf16 ? channels / 2 : channels;
}

/* Multiplies at one point. The phases there are `y` by `x`: of two in each direction either all, or
 * some that lie in one row or column, `apart` from each other. */
static void multiply_at(const struct node *node, int point, const real *in, int tiles, real *out)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = count_factors(node, node->in.c);
    const int y = phases_at(own->kh, stride, point / SIZE);
    const int x = phases_at(own->kw, stride, point % SIZE);
    const int apart = x == 1 ? stride : 1;
    const ptrdiff_t weights = (ptrdiff_t)node->in.c * LANES;

    multiply(node,
             &(struct gemm){
                 .x = in + point * phases(own) * inputs,
                 .x_row = POINTS * phases(own) * inputs,
                 .x_run = apart * inputs,
                 .lines = 1,
                 .rows = tiles,
                 .runs = y * x,
                 .run = inputs,
                 .w = node->derived + point * phases(own) * lanes_of(own->outputs) * node->in.c,
                 .w_panel = phases(own) * weights,
                 .w_run = apart * weights,
                 .out = out + point * own->outputs,
                 .out_row = POINTS * own->outputs,
                 .columns = own->outputs,
             });
}

void conv2d_winograd_forward(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    const real *bias =
        node->layer->bias ? node->parameters + conv2d_weight_size(node->layer) : NULL;
    const int inputs = count_factors(node, node->in.c);
    const struct layout in = tile_by_tile(phases(own) * inputs);
    const struct layout out = tile_by_tile(own->outputs);
    const struct square points = points_in(&out);
    const struct squares squares = {&node->out, 0, 0, 1, TILE};
    real *x = thread_scratch(node, shard), *outputs = x + AT_ONCE * in.tile;

    EACH_TILES (tiles, shard, node->out.h, node->out.w) {
        winograd_take_input(node, input_transform(node), 1, &tiles, x, inputs, &in);
        for (int p = 0; p < POINTS; p++)
            multiply_at(node, p, x, tiles.count, outputs);
        tiles_give(outputs, out.tile, &points, bias, &squares, &tiles);
    }
}

/* ---- The gradient of the input ---- */

/* Returns the points of a phase of the input's pixels: a convolution of the output's gradient by
 * that phase's taps flipped. A phase of fewer taps lacks the first, and has nothing at 0. */
static struct square back_points(const struct conv *own, int y, int x, const struct layout *layout)
{
    struct square points = points_in(layout);

    points.top = SIZE - points_of(own->kh, own->stride, y);
    points.left = SIZE - points_of(own->kw, own->stride, x);
    return points;
}

static void input_grad_phase(const struct node *node, const struct tiles *tiles, const real *dout,
                             int y, int x, real *din)
{
    const struct conv *own = node->layer->own;
    const int outputs = count_factors(node, own->outputs), inputs = node->in.c;
    const struct layout layout = tile_by_tile(inputs);
    const struct square points = back_points(own, y, x, &layout);
    const ptrdiff_t size = own->outputs * lanes_of(inputs);
    const real *weights = winograd_back_weights(node) + (y * own->stride + x) * POINTS * size;

    for (int i = points.top; i < points.bottom; i++)
        for (int j = points.left; j < points.right; j++) {
            const int p = i * SIZE + j;

            multiply(node, &(struct gemm){
                               .x = dout + p * outputs,
                               .x_row = POINTS * outputs,
                               .lines = 1,
                               .rows = tiles->count,
                               .runs = 1,
                               .run = outputs,
                               .w = weights + p * size,
                               .w_panel = (ptrdiff_t)own->outputs * LANES,
                               .out = din + p * inputs,
                               .out_row = layout.tile,
                               .columns = inputs,
                           });
        }
    tiles_give(din, layout.tile, &points, NULL,
               &(struct squares){&node->din, y, x, own->stride, TILE}, tiles);
}

void conv2d_winograd_input_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, ahead = own->pad / stride - (TAPS - 1);
    const struct layout out = tile_by_tile(count_factors(node, own->outputs));
    const struct square points = points_in(&out);
    const struct squares squares = {&node->dout, ahead, ahead, 1, SIZE};
    real *dout = thread_scratch(node, shard), *din = dout + AT_ONCE * out.tile;

    EACH_TILES (tiles, shard, (node->din.h + stride - 1) / stride,
                (node->din.w + stride - 1) / stride) {
        tiles_take(input_transform(node), 1, &squares, &tiles, dout, out.tile, &points);
        for (int p = 0; p < phases(own); p++)
            input_grad_phase(node, &tiles, dout, p / stride, p % stride, din);
    }
}
