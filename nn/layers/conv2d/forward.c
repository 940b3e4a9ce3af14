/* The convolution's forward pass, and the products of windows with packed weights that its input's
 * gradient consists of as well. */
#include "conv2d.h"
#include "nn/layers/bf16.h"

/* Returns which of `taps` pixels from `from` on are inside the picture: the border adds nothing. */
static struct span inside(int from, int taps, int size)
{
    const int first = from < 0 ? -from : 0, end = from + taps < size ? taps : size - from;

    return (struct span){first, end > first ? end - first : 0};
}

/* Counts the positions from number `first` on that have the same taps inside. */
static int alike(int from, int stride, int taps, int size, int first, int count)
{
    const struct span one = inside(from + first * stride, taps, size);
    int next = first + 1;

    while (next < count) {
        const struct span other = inside(from + next * stride, taps, size);

        if (other.first != one.first || other.count != one.count)
            break;
        next++;
    }
    return next - first;
}

/* Tells whether a product's rows are the shard's pictures, which lets each position leave out what
 * lies in the border, or positions side by side: better for few pictures, and where a product is
 * too short to be started for each position. */
static bool by_picture(const struct positions *at, const struct shard *shard)
{
    return at->w < shard->count || (shard->count == SHARD && at->in->c > 1);
}

static void multiply(const struct positions *at, const struct gemm *p)
{
    if (at->bf16)
        kernels->gemm_bf16(p);
    else
        kernels->gemm(p);
}

/* Computes row y of the positions, the product's rows being the shard's pictures. */
static void products_by_picture(struct gemm p, const struct positions *at, int y,
                                const struct shard *shard)
{
    const struct grid *in = at->in, *out = at->out;
    const int in_y = at->from_y + y * at->stride_in;
    const struct span rows = inside(in_y, at->taps_y, in->h);
    int count;

    p.rows = shard->count;
    p.x_row = in->picture;
    p.out_row = out->picture;
    p.runs = rows.count;
    p.x_line = at->stride_in * in->c;
    p.out_line = at->stride_out * out->c;
    for (int x = 0; x < at->w; x += count) {
        const int in_x = at->from_x + x * at->stride_in;
        const struct span columns = inside(in_x, at->taps_x, in->w);

        count = alike(at->from_x, at->stride_in, at->taps_x, in->w, x, at->w);
        p.x = grid_row(in, shard->first, in_y + rows.first) + (in_x + columns.first) * in->c;
        p.out = grid_row(out, shard->first, at->to_y + y * at->stride_out) +
                (at->to_x + x * at->stride_out) * out->c;
        p.run = columns.count * in->c;
        p.w += rows.first * p.w_run + (ptrdiff_t)columns.first * in->c * LANES;
        p.lines = count;
        multiply(at, &p);
        p.w -= rows.first * p.w_run + (ptrdiff_t)columns.first * in->c * LANES;
    }
}

/* Computes rows y to y + count - 1 of the positions, which have the same kernel rows inside; the
 * product's rows go along them. */
static void products_by_row(struct gemm p, const struct positions *at, int y, int count,
                            const struct shard *shard)
{
    const struct grid *in = at->in, *out = at->out;
    const int in_y = at->from_y + y * at->stride_in;
    const struct span rows = inside(in_y, at->taps_y, in->h);

    p.lines = count;
    p.x_line = at->stride_in * in->row;
    p.out_line = at->stride_out * out->row;
    p.rows = at->w;
    p.x_row = at->stride_in * in->c;
    p.out_row = at->stride_out * out->c;
    p.runs = rows.count;
    p.run = at->taps_x * in->c;
    p.w += rows.first * p.w_run;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        p.x = grid_row(in, i, in_y + rows.first) + at->from_x * in->c;
        p.out = grid_row(out, i, at->to_y + y * at->stride_out) + at->to_x * out->c;
        multiply(at, &p);
    }
}

void conv2d_products(const real *weights, const real *bias, const struct positions *at,
                     const struct shard *shard)
{
    const ptrdiff_t run = (ptrdiff_t)at->taps_x * at->in->c * LANES;
    const struct gemm p = {
        .x_run = at->in->row,
        .w = weights,
        .w_run = run,
        .w_panel = at->taps_y * run * (at->bf16 ? 2 : 1),
        .bias = bias,
        .columns = at->out->c,
    };
    int count;

    for (int y = 0; y < at->h; y += count) {
        count = alike(at->from_y, at->stride_in, at->taps_y, at->in->h, y, at->h);
        if (by_picture(at, shard))
            for (int i = y; i < y + count; i++)
                products_by_picture(p, at, i, shard);
        else
            products_by_row(p, at, y, count, shard);
    }
}

/* Computes rows y, y + 1, ... of the output, as many as `out` holds. */
static void output_rows(const struct node *node, const struct grid *in, const struct shard *shard,
                        int y, const struct grid *out)
{
    const struct conv *own = node->layer->own;
    const bool bf16 = node->layer->bf16;

    conv2d_products(bf16 ? node->derived : node->parameters,
                    node->layer->bias ? node->parameters + conv2d_weight_size(node->layer) : NULL,
                    &(struct positions){
                        .in = in,
                        .out = out,
                        .bf16 = bf16,
                        .taps_y = own->kh,
                        .taps_x = own->kw,
                        .from_y = y * own->stride - own->pad,
                        .from_x = -own->pad,
                        .h = out->h,
                        .w = out->w,
                        .stride_in = own->stride,
                        .stride_out = 1,
                    },
                    shard);
}

void conv2d_rows(const struct node *node, int picture, int y, const struct grid *out)
{
    output_rows(node, &node->in, &(struct shard){.first = picture, .count = 1}, y, out);
}

/* Does so with pairs of SHARD pictures at a time. */
static void forward_bf16(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    struct shard part = *shard;

    for (int left = shard->count; left > 0; left -= SHARD, part.first += SHARD) {
        struct grid pairs;

        part.count = left < SHARD ? left : SHARD;
        pairs = bf16_grid(&node->in, own->pad, &part, thread_scratch(node, shard));
        output_rows(node, &pairs, &part, 0, &node->out);
    }
}

void conv2d_forward(const struct node *node, const struct shard *shard)
{
    if (node->layer->bf16)
        forward_bf16(node, shard);
    else
        output_rows(node, &node->in, shard, 0, &node->out);
}
