/* The gradient of a convolution's weights and bias. */
#include "conv2d.h"

enum { PARAMETERS_PER_BLOCK = 1024 };

int conv2d_blocks(const struct layer *layer)
{
    const struct conv *own = layer->own;

    if (conv2d_by_batch(layer))
        return panels(own->outputs) * own->kh + layer->bias;
    return (int)((layer->parameters + PARAMETERS_PER_BLOCK - 1) / PARAMETERS_PER_BLOCK);
}

/* ---- Each shard's part, then their sum ---- */

/* As many pictures at a time as the first cache holds. */
static int pictures_at_once(const struct node *node)
{
    enum { CACHE = 24 << 10 };
    const ptrdiff_t each = node->in.h * node->in.row + node->dout.h * node->dout.row;
    const ptrdiff_t fit = CACHE / (ptrdiff_t)sizeof(real) / each;

    return fit < 1 ? 1 : fit > SHARD ? SHARD : (int)fit;
}

/* For all taps and panels; of pictures `first` to `first + count - 1`. */
static struct outer outer_of(const struct node *node, int first, int count, real *out)
{
    const struct conv *own = node->layer->own;
    const int run = own->kw * node->in.c;

    return (struct outer){
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

/* The outputs, in one direction, of whose window `tap` is not in the border. */
static struct span seeing(const struct conv *own, int tap, int in, int out)
{
    const int ahead = own->pad - tap, behind = in - 1 + ahead;
    const int first = ahead > 0 ? (ahead + own->stride - 1) / own->stride : 0;
    int end = behind < 0 ? 0 : behind / own->stride + 1;

    end = end < out ? end : out;
    return (struct span){first, end > first ? end - first : 0};
}

/* Tap (ky, kx) alone, of the outputs that see it. */
static void tap_grad(const struct node *node, struct outer o, int ky, int kx)
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
    kernels->outer(&o);
}

void conv2d_shard_weight_grad(const struct node *node, const struct shard *shard, real *gradient)
{
    const struct conv *own = node->layer->own;
    const bool by_tap = own->pad > 0 && node->in.c >= LANES;
    const int at_once = pictures_at_once(node);

    for (int i = 0; i < shard->count; i += at_once) {
        const int count = shard->count - i < at_once ? shard->count - i : at_once;
        struct outer o = outer_of(node, shard->first + i, count, gradient);

        o.add = i > 0;
        if (!by_tap)
            kernels->outer(&o);
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
        kernels->add_rows(grid_row(dout, 0, y), dout->w, channels, channels, gradient);
}

void conv2d_rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first)
{
    real *part = shard_scratch(node, shard);
    struct outer o = outer_of(node, picture, 1, part);

    o.x += y * o.x_line;
    o.dy = dout->at;
    o.dy_line = dout->row;
    o.lines = dout->h;
    o.add = !first;
    kernels->outer(&o);
    if (node->layer->bias)
        add_bias_grad(node, dout, first, part + conv2d_weight_size(node->layer));
}

/* Pictures `first` to `first + count - 1`. */
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

/* One block of the sum of all shards' parts. */
static void add_shards(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const size_t all = node->layer->parameters;
    const int shards = (pass->rows + SHARD - 1) / SHARD;

    *begin = (size_t)block * PARAMETERS_PER_BLOCK;
    *end = *begin + PARAMETERS_PER_BLOCK < all ? *begin + PARAMETERS_PER_BLOCK : all;
    kernels->add_up((const real *)node->shard_scratch + *begin, (ptrdiff_t)all, shards,
                    (ptrdiff_t)(*end - *begin), node->gradients + *begin);
}

/* ---- The whole batch at once ---- */

/* Block: a kernel row of a panel; the last one the bias. */
static void batch_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                       size_t *end)
{
    const struct conv *own = node->layer->own;
    const int panel = block / own->kh, ky = block % own->kh;
    const size_t row = (size_t)(own->kw * node->in.c) * LANES;
    struct outer o;

    *begin = (size_t)block * row;
    if (panel == panels(own->outputs)) {
        *end = node->layer->parameters;
        bias_grad(node, 0, pass->rows, node->gradients + *begin);
        return;
    }
    *end = *begin + row;
    o = outer_of(node, 0, pass->rows, node->gradients);
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
