/* The gradient of a convolution's weights and bias. */
#include "conv2d.h"
#include "nn/layers/bf16.h"

enum { PARAMETERS_PER_BLOCK = 1024 };

int conv2d_blocks(const struct layer *layer)
{
    const struct conv *own = layer->own;

    if (conv2d_by_batch(layer))
        return panels(own->outputs) * own->kh + layer->bias;
    return (int)((layer->parameters + PARAMETERS_PER_BLOCK - 1) / PARAMETERS_PER_BLOCK);
}

/* ---- A sum for each shard, then their sum ---- */

/* Returns how many pictures at a time the first cache holds. */
static int pictures_at_once(const struct node *node)
{
    enum { CACHE = 24 << 10 };
    const ptrdiff_t each = node->in.h * node->in.row + node->dout.h * node->dout.row;
    const ptrdiff_t fit = CACHE / (ptrdiff_t)sizeof(real) / each;

    return fit < 1 ? 1 : fit > SHARD ? SHARD : (int)fit;
}

/* Describes the sum over pictures `first` to `first + count - 1`, for all taps and panels. */
static struct gemm_weight_grad sum_of_pictures(const struct node *node, int first, int count,
                                               real *out)
{
    const struct conv *own = node->layer->own;
    const int run = own->kw * node->in.c;

    return (struct gemm_weight_grad){
        .x = grid_row(&node->in, first, -own->pad) - own->pad * node->in.c,
        .x_picture = node->in.picture,
        .x_line = own->stride * node->in.row,
        .x_step = own->stride * node->in.c,
        .x_run = node->in.row,
        .dy = grid_row(&node->dout, first, 0),
        .dy_picture = node->dout.picture,
        .dy_line = node->dout.row,
        .dy_step = node->dout.c,
        .pictures = count,
        .lines = node->dout.h,
        .steps = node->dout.w,
        .runs = own->kh,
        .run = run,
        .columns = own->outputs,
        .out = out,
        .out_panel = (ptrdiff_t)own->kh * run * LANES,
    };
}

/* Returns the outputs, in one direction, whose window has `tap` inside the picture. */
static struct span seeing(const struct conv *own, int tap, int in, int out)
{
    const int ahead = own->pad - tap, last = in - 1 + ahead;
    const int first = ahead > 0 ? (ahead + own->stride - 1) / own->stride : 0;
    int end = last < 0 ? 0 : last / own->stride + 1;

    end = end < out ? end : out;
    return (struct span){first, end > first ? end - first : 0};
}

/* Computes the gradient of tap (ky, kx) alone, over the outputs that see it. */
static void tap_grad(const struct node *node, struct gemm_weight_grad o, int ky, int kx)
{
    const struct conv *own = node->layer->own;
    const struct span y = seeing(own, ky, node->in.h, node->dout.h);
    const struct span x = seeing(own, kx, node->in.w, node->dout.w);

    o.x += ky * o.x_run + kx * node->in.c + y.first * o.x_line + x.first * o.x_step;
    o.dy += y.first * o.dy_line + x.first * o.dy_step;
    o.out += (ptrdiff_t)(ky * own->kw + kx) * node->in.c * LANES;
    o.lines = y.count;
    o.steps = x.count;
    o.runs = 1;
    o.run = node->in.c;
    kernels->gemm_weight_grad(&o);
}

/* Pairs of positions: of the input pixel x with pixel x + stride, for the output's positions 2s and
 * 2s + 1, with the border beside each row; and of the gradients at these. */
struct paired {
    ptrdiff_t x_row, x_picture, dy_row, dy_picture;
};

static struct paired paired(const struct layer *layer)
{
    const struct conv *own = layer->own;
    const ptrdiff_t x_row = (ptrdiff_t)(layer->in.w + 2 * own->pad) * layer->in.c;
    const ptrdiff_t dy_row = (ptrdiff_t)bf16_half(layer->out.w) * own->outputs;

    return (struct paired){x_row, layer->in.h * x_row, dy_row, layer->out.h * dy_row};
}

size_t conv2d_weight_grad_numbers(const struct layer *layer)
{
    const struct paired pairs = paired(layer);

    return (size_t)(SHARD * (pairs.x_picture + pairs.dy_picture)) + LANES;
}

static void pair_input(const struct node *node, const real *from, real *to)
{
    const struct conv *own = node->layer->own;
    const int w = node->in.w + 2 * own->pad, c = node->in.c;
    const ptrdiff_t apart = (ptrdiff_t)(own->stride < w ? own->stride : w) * c;
    const ptrdiff_t both = (ptrdiff_t)w * c - apart;

    kernels->pair_rows(from, from + apart, both, to);
    kernels->pair_rows(from + both, NULL, apart, to + both);
}

static void pair_gradient(const struct grid *dout, const real *from, real *to)
{
    for (int x = 0; x < dout->w; x += 2, from += 2 * dout->c, to += dout->c)
        kernels->pair_rows(from, x + 1 < dout->w ? from + dout->c : NULL, dout->c, to);
}

/* Sums over some pictures, whose pairs it makes in `x`: a kernel row at a time, over the output's
 * rows that see it. */
static void sum_of_pairs(const struct node *node, int first, int count, bool add, real *x,
                         real *gradient)
{
    const struct conv *own = node->layer->own;
    const struct paired pairs = paired(node->layer);
    const int run = own->kw * node->in.c;
    real *dy = x + count * pairs.x_picture;

    for (int i = 0; i < count; i++) {
        for (int y = 0; y < node->in.h; y++)
            pair_input(node, grid_row(&node->in, first + i, y) - own->pad * node->in.c,
                       x + i * pairs.x_picture + y * pairs.x_row);
        for (int y = 0; y < node->dout.h; y++)
            pair_gradient(&node->dout, grid_row(&node->dout, first + i, y),
                          dy + i * pairs.dy_picture + y * pairs.dy_row);
    }
    for (int ky = 0; ky < own->kh; ky++) {
        const struct span y = seeing(own, ky, node->in.h, node->dout.h);

        kernels->gemm_weight_grad_bf16(&(struct gemm_weight_grad){
            .x = x + (y.first * own->stride + ky - own->pad) * pairs.x_row,
            .x_picture = pairs.x_picture,
            .x_line = own->stride * pairs.x_row,
            .x_step = 2 * own->stride * node->in.c,
            .dy = dy + y.first * pairs.dy_row,
            .dy_picture = pairs.dy_picture,
            .dy_line = pairs.dy_row,
            .dy_step = node->dout.c,
            .pictures = count,
            .lines = y.count,
            .steps = bf16_half(node->dout.w),
            .runs = 1,
            .run = run,
            .columns = own->outputs,
            .out = gradient + (ptrdiff_t)ky * run * LANES,
            .out_panel = (ptrdiff_t)own->kh * run * LANES,
            .add = add,
        });
    }
}

static void shard_sum_of_pairs(const struct node *node, const struct shard *shard, real *gradient)
{
    const int at_once = pictures_at_once(node);

    for (int i = 0; i < shard->count; i += at_once)
        sum_of_pairs(node, shard->first + i,
                     shard->count - i < at_once ? shard->count - i : at_once, i > 0,
                     thread_scratch(node, shard), gradient);
}

void conv2d_shard_weight_grad(const struct node *node, const struct shard *shard, real *gradient)
{
    const struct conv *own = node->layer->own;
    const bool by_tap = own->pad > 0 && node->in.c >= LANES;
    const int at_once = pictures_at_once(node);

    if (node->layer->bf16) {
        shard_sum_of_pairs(node, shard, gradient);
        return;
    }
    for (int i = 0; i < shard->count; i += at_once) {
        const int count = shard->count - i < at_once ? shard->count - i : at_once;
        struct gemm_weight_grad o = sum_of_pictures(node, shard->first + i, count, gradient);

        o.add = i > 0;
        if (!by_tap)
            kernels->gemm_weight_grad(&o);
        for (int t = 0; by_tap && t < own->kh * own->kw; t++)
            tap_grad(node, o, t / own->kw, t % own->kw);
    }
}

static void add_bias_grad(const struct node *node, const struct grid *dout, bool first,
                          real *gradient)
{
    const int channels = dout->c;

    if (first)
        memset(gradient, 0, (size_t)channels * sizeof(real));
    for (int y = 0; y < dout->h && !node->layer->mean_removed_next; y++)
        kernels->sum_rows(grid_row(dout, 0, y), dout->w, channels, channels, gradient);
}

void conv2d_rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first)
{
    real *sum = shard_scratch(node, shard);
    struct gemm_weight_grad o = sum_of_pictures(node, picture, 1, sum);

    o.x += y * o.x_line;
    o.dy = dout->at;
    o.dy_line = dout->row;
    o.lines = dout->h;
    o.add = !first;
    kernels->gemm_weight_grad(&o);
    if (node->layer->bias)
        add_bias_grad(node, dout, first, sum + conv2d_weight_size(node->layer));
}

/* Sums up the bias's gradient over pictures `first` to `first + count - 1`. */
static void bias_grad(const struct node *node, int first, int count, real *gradient)
{
    for (int i = first; i < first + count; i++) {
        const struct grid dout = grid_rows(&node->dout, i, 0, node->dout.h);

        add_bias_grad(node, &dout, i == first, gradient);
    }
}

void conv2d_shard_bias_grad(const struct node *node, const struct shard *shard, real *gradient)
{
    bias_grad(node, shard->first, shard->count, gradient);
}

/* Adds up one block of all shards' sums. */
static void add_shards(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const size_t all = node->layer->parameters;
    const int shards = (pass->rows + SHARD - 1) / SHARD;

    *begin = (size_t)block * PARAMETERS_PER_BLOCK;
    *end = *begin + PARAMETERS_PER_BLOCK < all ? *begin + PARAMETERS_PER_BLOCK : all;
    kernels->sum_parts((const real *)node->shard_scratch + *begin, (ptrdiff_t)all, shards,
                       (ptrdiff_t)(*end - *begin), node->gradients + *begin);
}

/* ---- The whole batch at once ---- */

/* Computes one block, a kernel row of a panel; the last one is the bias. */
static void batch_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const struct conv *own = node->layer->own;
    const int panel = block / own->kh, ky = block % own->kh;
    const size_t row = (size_t)(own->kw * node->in.c) * LANES;
    struct gemm_weight_grad o;

    *begin = (size_t)block * row;
    if (panel == panels(own->outputs)) {
        *end = node->layer->parameters;
        bias_grad(node, 0, pass->rows, node->gradients + *begin);
        return;
    }
    *end = *begin + row;
    o = sum_of_pictures(node, 0, pass->rows, node->gradients);
    o.dy += panel * LANES;
    o.out += panel * o.out_panel;
    o.columns = own->outputs - panel * LANES < LANES ? own->outputs - panel * LANES : LANES;
    for (int kx = 0; kx < own->kw; kx++)
        tap_grad(node, o, ky, kx);
}

void conv2d_weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end)
{
    if (conv2d_by_batch(node->layer))
        batch_grad(node, pass, block, begin, end);
    else
        add_shards(node, pass, block, begin, end);
}
