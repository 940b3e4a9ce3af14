/* Convolutions with fewer multiplications, by the transforms of kernel_winograd.h: each tile of 4x4
 * outputs takes 6x6 numbers of the input, and once these and the weights are transformed every
 * point of the 6x6 is a matrix product by itself, over many tiles:
 *
 *     out[tile][o] at point = sum over i of in[tile][i] at point * weight[i][o] at point.
 *
 * With a stride the convolution is a sum over phases, one for each remainder of the kernel's rows
 * and columns by the stride: convolutions without stride, of at most 3 taps in each direction,
 * whose sum is taken before the output is transformed back. A phase of fewer taps has no term of
 * second degree, thus nothing at infinity, and those products are left out. */
#include "conv2d.h"

enum {
    TILE = 4,
    TAPS = 3,
    SIZE = TILE + TAPS - 1,
    POINTS = SIZE * SIZE,
    AT_ONCE = 24 /* tiles: whole tiles of the kernels' product, of 12 and of 6 rows */
};

/* ---- Which layers ---- */

/* Of a kernel's rows (or columns) those of one phase of the stride. */
static int taps_of(int kernel, int stride, int phase)
{
    return (kernel - phase + stride - 1) / stride;
}

/* In one direction, the points where there is something to multiply. */
static int points_of(int kernel, int stride, int phase)
{
    return taps_of(kernel, stride, phase) == TAPS ? SIZE : SIZE - 1;
}

static int all_points(int kernel, int stride)
{
    int points = 0;

    for (int p = 0; p < stride; p++)
        points += points_of(kernel, stride, p);
    return points;
}

static int in_tiles(int size)
{
    return (size + TILE - 1) / TILE;
}

static bool fits(int kernel, int stride)
{
    return stride <= 2 && kernel >= stride && kernel <= TAPS * stride;
}

bool conv2d_by_winograd(const struct layer *layer)
{
    const struct conv *own = layer->own;
    const int stride = own->stride;
    int64_t direct, here;

    if (!layer->input_gradient || conv2d_by_batch(layer) || layer->in.c % LANES ||
        own->outputs % LANES || !fits(own->kh, stride) || !fits(own->kw, stride) ||
        own->pad % stride)
        return false;
    direct = (int64_t)layer->out.h * layer->out.w * own->kh * own->kw;
    here = (int64_t)in_tiles(layer->out.h) * in_tiles(layer->out.w) * all_points(own->kh, stride) *
           all_points(own->kw, stride);
    return 5 * here <= 3 * direct; /* the transforms take time as well */
}

/* ---- Sizes ---- */

static int phases(const struct conv *own)
{
    return own->stride * own->stride;
}

/* Weights of all phases at all points: [point][panel of outputs][phase][input][LANES]. */
static size_t forward_numbers(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)(POINTS * phases(own)) * (size_t)own->outputs * (size_t)layer->in.c;
}

void conv2d_winograd_sizes(struct layer *layer)
{
    const struct conv *own = layer->own;
    const size_t weights = forward_numbers(layer);
    const size_t tile = (size_t)(phases(own) * layer->in.c + own->outputs);

    layer->derived_forward = (struct derived){weights, panels(own->outputs)};
    layer->derived = (struct derived){2 * weights + conv2d_flipped_size(layer),
                                      panels(own->outputs) + panels(layer->in.c)};
    layer->thread_bytes = (POINTS * AT_ONCE * tile + weights) * sizeof(real);
}

/* ---- Tiles ---- */

/* Some of a shard's tiles, numbered picture by picture and row by row. */
struct tiles {
    int rows, columns; /* in each picture */
    int picture;       /* the shard's first */
    int first, count;
};

/* As even pieces as can be. */
static int at_once(int all)
{
    const int pieces = (all + AT_ONCE - 1) / AT_ONCE;

    return (all + pieces - 1) / pieces;
}

#define EACH_TILES(tiles, shard, height, width)                                                    \
    for (struct tiles tiles = first_tiles(shard, height, width); tiles.count > 0;                  \
         tiles = next_tiles(&tiles, shard))

static struct tiles next_tiles(const struct tiles *last, const struct shard *shard)
{
    const int all = shard->count * last->rows * last->columns, most = at_once(all);
    struct tiles next = *last;

    next.first += last->count;
    next.count = all - next.first < most ? all - next.first : most;
    return next;
}

static struct tiles first_tiles(const struct shard *shard, int height, int width)
{
    const struct tiles none = {
        .rows = in_tiles(height), .columns = in_tiles(width), .picture = shard->first};

    return next_tiles(&none, shard);
}

/* Each tile's square of pixels in a grid: `size` x `size`, `step` apart, in the first tile from
 * (y, x) on. */
struct squares {
    const struct grid *grid;
    int y, x, step, size;
};

/* How many of `size` pixels from `at` on lie before `end`. */
static int before(int at, int step, int size, int end)
{
    const int count = at < end ? (end - at + step - 1) >> (step - 1) : 0;

    return count < size ? count : size;
}

/* Tile i's: its address, and what of it is inside the picture. */
static struct square square_of(const struct squares *s, const struct tiles *tiles, int i, real **at)
{
    const struct grid *grid = s->grid;
    const int number = tiles->first + i, row = number / tiles->columns;
    const int y = s->y + row % tiles->rows * TILE * s->step;
    const int x = s->x + number % tiles->columns * TILE * s->step;

    *at = grid_row(grid, tiles->picture + row / tiles->rows, y) + x * grid->c;
    return (struct square){
        .row = s->step * grid->row,
        .column = s->step * grid->c,
        .top = before(y, s->step, s->size, 0),
        .bottom = before(y, s->step, s->size, grid->h),
        .left = before(x, s->step, s->size, 0),
        .right = before(x, s->step, s->size, grid->w),
    };
}

/* Where tile t's numbers at point p are: t * tile + p * point from the beginning. */
struct layout {
    ptrdiff_t tile, point;
};

/* Better for products, which read a tile here and there, and write it. */
static struct layout tile_by_tile(int numbers)
{
    return (struct layout){(ptrdiff_t)POINTS * numbers, numbers};
}

/* Better for sums over all tiles. */
static struct layout point_by_point(int numbers, const struct tiles *tiles)
{
    return (struct layout){numbers, (ptrdiff_t)tiles->count * numbers};
}

/* All points. */
static struct square points_in(const struct layout *layout)
{
    return (struct square){SIZE * layout->point, layout->point, 0, SIZE, 0, SIZE};
}

typedef void transform_function(const struct winograd *);

/* Pictures' numbers to those of their tiles at `points`. */
static void take(transform_function *transform, const struct squares *from,
                 const struct tiles *tiles, real *to, ptrdiff_t tile, const struct square *points)
{
    for (int i = 0; i < tiles->count; i++) {
        real *at;
        const struct square square = square_of(from, tiles, i, &at);

        transform(&(struct winograd){.from = at,
                                     .in = square,
                                     .to = to + i * tile,
                                     .out = *points,
                                     .channels = from->grid->c});
    }
}

/* And back. */
static void give(const real *from, ptrdiff_t tile, const struct square *points, const real *bias,
                 const struct squares *to, const struct tiles *tiles)
{
    for (int i = 0; i < tiles->count; i++) {
        real *at;
        const struct square square = square_of(to, tiles, i, &at);

        kernels->winograd_output(&(struct winograd){.from = from + i * tile,
                                                    .in = *points,
                                                    .to = at,
                                                    .out = square,
                                                    .bias = bias,
                                                    .channels = to->grid->c});
    }
}

/* ---- Forward ---- */

/* The input of all phases, [phase][input] for each tile and point. */
static void take_input(const struct node *node, const struct tiles *tiles, real *to,
                       const struct layout *layout)
{
    const struct conv *own = node->layer->own;

    for (int y = 0; y < own->stride; y++)
        for (int x = 0; x < own->stride; x++) {
            struct square points = points_in(layout);

            points.bottom = points_of(own->kh, own->stride, y);
            points.right = points_of(own->kw, own->stride, x);
            take(kernels->winograd_input,
                 &(struct squares){&node->in, y - own->pad, x - own->pad, own->stride, SIZE}, tiles,
                 to + (y * own->stride + x) * node->in.c, layout->tile, &points);
        }
}

/* How many phases have something at point number `point` of one direction; the first ones. */
static int phases_at(int kernel, int stride, int point)
{
    int count = 0;

    while (count < stride && point < points_of(kernel, stride, count))
        count++;
    return count;
}

/* At one point. The phases there are `y` by `x`; of two in each direction either all, or some that
 * lie in one row or column. */
static void multiply(const struct node *node, int point, const real *in, int tiles, real *out)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->in.c;
    const int y = phases_at(own->kh, stride, point / SIZE);
    const int x = phases_at(own->kw, stride, point % SIZE);
    const int step = x == 1 ? stride : 1;
    const ptrdiff_t weights = (ptrdiff_t)inputs * LANES;

    kernels->product(&(struct product){
        .x = in + point * phases(own) * inputs,
        .x_row = POINTS * phases(own) * inputs,
        .x_run = step * inputs,
        .lines = 1,
        .rows = tiles,
        .runs = y * x,
        .run = inputs,
        .w = node->derived + (ptrdiff_t)point * phases(own) * own->outputs * inputs,
        .w_panel = phases(own) * weights,
        .w_run = step * weights,
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
    const struct layout in = tile_by_tile(phases(own) * node->in.c);
    const struct layout out = tile_by_tile(own->outputs);
    const struct square points = points_in(&out);
    const struct squares squares = {&node->out, 0, 0, 1, TILE};
    real *inputs = thread_scratch(node, shard), *outputs = inputs + AT_ONCE * in.tile;

    EACH_TILES(tiles, shard, node->out.h, node->out.w)
    {
        take_input(node, &tiles, inputs, &in);
        for (int p = 0; p < POINTS; p++)
            multiply(node, p, inputs, tiles.count, outputs);
        give(outputs, out.tile, &points, bias, &squares, &tiles);
    }
}

/* ---- The gradient of the input ---- */

/* Each phase of its pixels is a convolution of the output's gradient by that phase's taps flipped.
 * Those of fewer taps lack the first, and have nothing at 0. */
static struct square back_points(const struct conv *own, int y, int x, const struct layout *layout)
{
    struct square points = points_in(layout);

    points.top = SIZE - points_of(own->kh, own->stride, y);
    points.left = SIZE - points_of(own->kw, own->stride, x);
    return points;
}

static real *back_weights(const struct node *node)
{
    return node->derived + forward_numbers(node->layer) + conv2d_flipped_size(node->layer);
}

static void input_grad_phase(const struct node *node, const struct tiles *tiles, const real *dout,
                             int y, int x, real *din)
{
    const struct conv *own = node->layer->own;
    const int outputs = own->outputs, inputs = node->in.c;
    const struct layout layout = tile_by_tile(inputs);
    const struct square points = back_points(own, y, x, &layout);
    const ptrdiff_t size = (ptrdiff_t)outputs * inputs;
    const real *weights = back_weights(node) + (y * own->stride + x) * POINTS * size;

    for (int i = points.top; i < points.bottom; i++)
        for (int j = points.left; j < points.right; j++) {
            const int p = i * SIZE + j;

            kernels->product(&(struct product){
                .x = dout + p * outputs,
                .x_row = POINTS * outputs,
                .lines = 1,
                .rows = tiles->count,
                .runs = 1,
                .run = outputs,
                .w = weights + p * size,
                .w_panel = (ptrdiff_t)outputs * LANES,
                .out = din + p * inputs,
                .out_row = layout.tile,
                .columns = inputs,
            });
        }
    give(din, layout.tile, &points, NULL, &(struct squares){&node->din, y, x, own->stride, TILE},
         tiles);
}

void conv2d_winograd_input_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, ahead = own->pad / stride - (TAPS - 1);
    const struct layout out = tile_by_tile(own->outputs);
    const struct square points = points_in(&out);
    const struct squares squares = {&node->dout, ahead, ahead, 1, SIZE};
    real *dout = thread_scratch(node, shard), *din = dout + AT_ONCE * out.tile;

    EACH_TILES(tiles, shard, (node->din.h + stride - 1) / stride,
               (node->din.w + stride - 1) / stride)
    {
        take(kernels->winograd_input, &squares, &tiles, dout, out.tile, &points);
        for (int p = 0; p < phases(own); p++)
            input_grad_phase(node, &tiles, dout, p / stride, p % stride, din);
    }
}

/* ---- The gradient of the weights, by the transposed transforms ---- */

/* Numbers of tiles, [phase][input] and [output]. */
struct pairs {
    const real *in, *dout;
    struct layout in_layout, dout_layout;
    int tiles;
};

/* Of phase (y, x), at all its points: [point][panel of outputs][input][LANES]. */
static void add_products(const struct node *node, const struct pairs *pairs, int y, int x,
                         real *sum, bool add)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->in.c, outputs = own->outputs;
    const real *in = pairs->in + (y * stride + x) * inputs;

    for (int i = 0; i < points_of(own->kh, stride, y); i++)
        for (int j = 0; j < points_of(own->kw, stride, x); j++) {
            const ptrdiff_t p = i * SIZE + j;

            kernels->outer(&(struct outer){
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
                .out = sum + p * inputs * outputs,
                .out_panel = (ptrdiff_t)inputs * LANES,
                .add = add,
            });
        }
}

/* The taps of phase (y, x) among those of the kernel, `tap` numbers each. */
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
    const struct layout layout = {0, (ptrdiff_t)node->in.c * own->outputs};
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
    const int stride = own->stride, inputs = phases(own) * node->in.c;
    const ptrdiff_t size = (ptrdiff_t)POINTS * node->in.c * own->outputs;
    const struct squares squares = {&node->dout, 0, 0, 1, TILE};
    real *sum = thread_scratch(node, shard);
    real *in = sum + phases(own) * size, *dout = in + POINTS * AT_ONCE * (ptrdiff_t)inputs;

    EACH_TILES(tiles, shard, node->dout.h, node->dout.w)
    {
        const struct pairs pairs = {in, dout, point_by_point(inputs, &tiles),
                                    point_by_point(own->outputs, &tiles), tiles.count};
        const struct square points = points_in(&pairs.dout_layout);

        take_input(node, &tiles, in, &pairs.in_layout);
        take(kernels->winograd_output_back, &squares, &tiles, dout, pairs.dout_layout.tile,
             &points);
        for (int p = 0; p < phases(own); p++)
            add_products(node, &pairs, p / stride, p % stride, sum + p * size, tiles.first > 0);
    }
    for (int p = 0; p < phases(own); p++)
        give_taps(node, sum + p * size, p / stride, p % stride, gradient);
}

/* ---- The weights ---- */

/* Those of one panel and phase, [tap y][tap x][channel][LANES], to points that lie `point` apart.
 */
static void transform_panel(const real *from, const struct square *taps, int channels, real *to,
                            ptrdiff_t point)
{
    const struct layout layout = {0, point};

    kernels->winograd_weights(&(struct winograd){
        .from = from,
        .in = *taps,
        .to = to,
        .out = points_in(&layout),
        .channels = channels * LANES,
    });
}

static void refresh_forward(const struct node *node, int panel)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->in.c;
    const ptrdiff_t tap = (ptrdiff_t)inputs * LANES;
    const ptrdiff_t point = (ptrdiff_t)phases(own) * own->outputs * inputs;

    for (int y = 0; y < stride; y++)
        for (int x = 0; x < stride; x++) {
            const struct square taps = taps_in(own, y, x, tap);

            transform_panel(node->parameters + first_tap(own, panel, y, x, tap), &taps, inputs,
                            node->derived + (panel * phases(own) + y * stride + x) * tap, point);
        }
}

/* The flipped weights lie between the two transformed ones. */
static void refresh_back(const struct node *node, int panel)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, outputs = own->outputs;
    const ptrdiff_t tap = (ptrdiff_t)outputs * LANES, size = (ptrdiff_t)outputs * node->in.c;
    real *flipped = node->derived + forward_numbers(node->layer);

    conv2d_flip_panel(node, panel, flipped);
    for (int y = 0; y < stride; y++)
        for (int x = 0; x < stride; x++) {
            const int taps_x = taps_of(own->kw, stride, x);
            const int top = TAPS - taps_of(own->kh, stride, y), left = TAPS - taps_x;

            transform_panel(conv2d_flipped_panel(node->layer, flipped, y, x, panel) -
                                (top * taps_x + left) * tap,
                            &(struct square){taps_x * tap, tap, top, TAPS, left, TAPS}, outputs,
                            back_weights(node) + (y * stride + x) * POINTS * size + panel * tap,
                            size);
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
