/* The gradient of the weights by the transposed transforms, and the transformed weights, see
 * winograd.h. */
#include "nn/layers/bf16.h"
#include "winograd.h"

/* ---- The gradient ---- */

/* Transformed tiles of the input, [phase][input], and of the output's gradient, [output]. */
struct pairs {
    const real *in, *dout;
    struct layout in_layout, dout_layout;
    int tiles;
};

/* Adds up the products of phase (y, x) over the tiles, at all its points: [point][panel of
 * outputs][input][LANES]. */
static void add_products(const struct node *node, const struct pairs *pairs, int y, int x,
                         real *sum, bool add)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->in.c, outputs = own->outputs;
    const real *in = pairs->in + (y * stride + x) * inputs;

    for (int i = 0; i < points_of(own->kh, stride, y); i++)
        for (int j = 0; j < points_of(own->kw, stride, x); j++) {
            const ptrdiff_t p = i * SIZE + j;

            (node->layer->bf16 ? kernels->gemm_weight_grad_bf16
                               : kernels->gemm_weight_grad)(&(struct gemm_weight_grad){
                .x = in + p * pairs->in_layout.point,
                .x_step = pairs->in_layout.tile,
                .dy = pairs->dout + p * pairs->dout_layout.point,
                .dy_step = pairs->dout_layout.tile,
                .pictures = 1,
                .lines = 1,
                .steps = pairs->tiles,
                .runs = 1,
                .run = inputs,
                .columns = outputs,
                .out = sum + p * inputs * lanes_of(outputs),
                .out_panel = (ptrdiff_t)inputs * LANES,
                .add = add,
            });
        }
}

/* Returns the square of phase (y, x) among the kernel's taps, `tap` numbers each. */
static struct square taps_in(const struct conv *own, int y, int x, ptrdiff_t tap)
{
    return (struct square){
        .row = own->stride * own->kw * tap,
        .column = own->stride * tap,
        .bottom = taps_of(own->kh, own->stride, y),
        .right = taps_of(own->kw, own->stride, x),
    };
}

static ptrdiff_t first_tap(const struct conv *own, int panel, int y, int x, ptrdiff_t tap)
{
    return ((ptrdiff_t)(panel * own->kh + y) * own->kw + x) * tap;
}

static void give_taps(const struct node *node, const real *sum, int y, int x, real *gradient)
{
    const struct conv *own = node->layer->own;
    const ptrdiff_t tap = (ptrdiff_t)node->in.c * LANES;
    const struct layout layout = {0, node->in.c * lanes_of(own->outputs)};
    struct square points = points_in(&layout);

    points.bottom = points_of(own->kh, own->stride, y);
    points.right = points_of(own->kw, own->stride, x);
    for (int p = 0; p < panels(own->outputs); p++)
        kernels->winograd_weights_back(&(struct winograd){
            .from = sum + p * tap,
            .in = points,
            .to = gradient + first_tap(own, p, y, x, tap),
            .out = taps_in(own, y, x, tap),
            .channels = (int)tap,
        });
}

void conv2d_winograd_weight_grad(const struct node *node, const struct shard *shard, real *gradient)
{
    const struct conv *own = node->layer->own;
    const bool bf16 = node->layer->bf16;
    const int at_once = bf16 ? 2 : 1; /* tiles, paired */
    const int stride = own->stride, inputs = phases(own) * node->in.c;
    const ptrdiff_t size = POINTS * node->in.c * lanes_of(own->outputs);
    const struct squares squares = {&node->dout, 0, 0, 1, TILE};
    real *sum = thread_scratch(node, shard);
    real *in = sum + phases(own) * size, *dout = in + POINTS * AT_ONCE * (ptrdiff_t)inputs;

    if (own->outputs % LANES) /* lanes that have no products */
        memset(sum, 0, (size_t)(phases(own) * size) * sizeof *sum);
    EACH_TILES (tiles, shard, node->dout.h, node->dout.w) {
        const int steps = (tiles.count + at_once - 1) / at_once;
        const struct pairs pairs = {in, dout, point_by_point(inputs, steps),
                                    point_by_point(own->outputs, steps), steps};
        const struct square points = points_in(&pairs.dout_layout);

        winograd_take_input(node,
                            bf16 ? kernels->winograd_input_tiles_bf16 : kernels->winograd_input,
                            at_once, &tiles, in, node->in.c, &pairs.in_layout);
        tiles_take(bf16 ? kernels->winograd_output_back_tiles_bf16 : kernels->winograd_output_back,
                   at_once, &squares, &tiles, dout, pairs.dout_layout.tile, &points);
        for (int p = 0; p < phases(own); p++)
            add_products(node, &pairs, p / stride, p % stride, sum + p * size, tiles.first > 0);
    }
    for (int p = 0; p < phases(own); p++)
        give_taps(node, sum + p * size, p / stride, p % stride, gradient);
}

/* ---- The weights ---- */

/* Transforms the weights of one panel and phase, [tap y][tap x][channel][LANES], to points that lie
 * `point` apart; with bfloat16 there are pairs in the first half of each. */
static void transform_panel(const struct layer *layer, const real *from, const struct square *taps,
                            int channels, real *to, ptrdiff_t point)
{
    const struct layout layout = {0, point};

    kernels->winograd_weights(&(struct winograd){
        .from = from,
        .in = *taps,
        .to = to,
        .out = points_in(&layout),
        .channels = channels * LANES,
    });
    for (int p = 0; p < POINTS && layer->bf16; p++)
        bf16_weights(to + p * point, channels, to + p * point);
}

static void refresh_forward(const struct node *node, int panel)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->in.c;
    const ptrdiff_t tap = (ptrdiff_t)inputs * LANES;
    const ptrdiff_t point = phases(own) * lanes_of(own->outputs) * inputs;

    for (int y = 0; y < stride; y++)
        for (int x = 0; x < stride; x++) {
            const struct square taps = taps_in(own, y, x, tap);

            transform_panel(node->layer, node->parameters + first_tap(own, panel, y, x, tap), &taps,
                            inputs, node->derived + (panel * phases(own) + y * stride + x) * tap,
                            point);
        }
}

static void refresh_back(const struct node *node, int panel)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, outputs = own->outputs;
    const ptrdiff_t tap = (ptrdiff_t)outputs * LANES, size = outputs * lanes_of(node->in.c);
    real *flipped = winograd_flipped(node);

    conv2d_flip_panel(node, panel, flipped);
    for (int y = 0; y < stride; y++)
        for (int x = 0; x < stride; x++) {
            const int taps_x = taps_of(own->kw, stride, x);
            const int top = TAPS - taps_of(own->kh, stride, y), left = TAPS - taps_x;

            transform_panel(
                node->layer,
                conv2d_flipped_panel(node->layer, flipped, y, x, panel) -
                    (top * taps_x + left) * tap,
                &(struct square){taps_x * tap, tap, top, TAPS, left, TAPS}, outputs,
                winograd_back_weights(node) + (y * stride + x) * POINTS * size + panel * tap, size);
        }
}

void conv2d_winograd_refresh(const struct node *node, int block)
{
    const int forward = node->layer->derived_forward.blocks;

    if (block < forward)
        refresh_forward(node, block);
    else
        refresh_back(node, block - forward);
}
