/* The gradient of a convolution's input is a convolution of the output's, for each phase of the
 * stride on its own: input row y takes from output rows q - j, q = (y + pad) / stride, the kernel
 * rows ky = (y + pad) % stride + stride * j. Flipped weights hold, for each phase, the kernel's
 * rows and columns of that phase flipped:
 * [phase y][phase x][panel of inputs][j][j][output][LANES]. */
#include "conv2d.h"
#include "nn/layers/bf16.h"

/* Counts the kernel rows (or columns) of a phase of the stride. */
static int phase_taps(int kernel, int stride, int phase)
{
    return phase < kernel ? (kernel - phase + stride - 1) / stride : 0;
}

/* Returns the border of the output's gradient in one direction. */
static int reach(int in, int out, int kernel, int stride, int pad)
{
    int border = 0;

    for (int x = 0; x < in; x++) {
        int last = (x + pad) / stride;
        int first = last - phase_taps(kernel, stride, (x + pad) % stride) + 1;

        if (-first > border)
            border = -first;
        if (last - (out - 1) > border)
            border = last - (out - 1);
    }
    return border;
}

int conv2d_border_dout(const struct layer *layer)
{
    const struct conv *own = layer->own;
    const int y = reach(layer->in.h, layer->out.h, own->kh, own->stride, own->pad);
    const int x = reach(layer->in.w, layer->out.w, own->kw, own->stride, own->pad);

    return y > x ? y : x;
}

/* Returns the offset of the flipped weights of a phase: after those of all phases before it. */
static size_t phase_at(const struct layer *layer, int phase_y, int phase_x)
{
    const struct conv *own = layer->own;
    size_t rows_before = 0, columns_before = 0, taps;

    for (int p = 0; p < phase_y; p++)
        rows_before += (size_t)phase_taps(own->kh, own->stride, p);
    for (int p = 0; p < phase_x; p++)
        columns_before += (size_t)phase_taps(own->kw, own->stride, p);
    taps = rows_before * (size_t)own->kw +
           columns_before * (size_t)phase_taps(own->kh, own->stride, phase_y);
    return taps * (size_t)panels(layer->in.c) * (size_t)own->outputs * LANES;
}

/* Computes the pixels (y, x), (y, x + stride), ..., (y + stride, x), ... of the input's gradient
 * from that of the output. */
static void input_grad_phase(const struct node *node, const struct grid *dout,
                             const struct shard *shard, int y, int x)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride;
    const int phase_y = (y + own->pad) % stride, phase_x = (x + own->pad) % stride;
    const int taps_y = phase_taps(own->kh, stride, phase_y);
    const int taps_x = phase_taps(own->kw, stride, phase_x);

    conv2d_products(conv2d_flipped_panel(node->layer,
                                         node->derived + node->layer->derived_forward.numbers,
                                         phase_y, phase_x, 0),
                    NULL,
                    &(struct positions){
                        .in = dout,
                        .out = &node->din,
                        .bf16 = node->layer->bf16,
                        .taps_y = taps_y,
                        .taps_x = taps_x,
                        .from_y = (y + own->pad) / stride - (taps_y - 1),
                        .from_x = (x + own->pad) / stride - (taps_x - 1),
                        .to_y = y,
                        .to_x = x,
                        .h = (node->din.h - y + stride - 1) / stride,
                        .w = (node->din.w - x + stride - 1) / stride,
                        .stride_in = 1,
                        .stride_out = stride,
                    },
                    shard);
}

void conv2d_input_grad(const struct node *node, const struct shard *shard)
{
    const struct conv *own = node->layer->own;
    struct grid dout = node->dout;

    if (node->layer->bf16)
        dout = bf16_grid(&node->dout, conv2d_border_dout(node->layer), shard,
                         thread_scratch(node, shard));
    for (int y = 0; y < own->stride && y < node->din.h; y++)
        for (int x = 0; x < own->stride && x < node->din.w; x++)
            input_grad_phase(node, &dout, shard, y, x);
}

size_t conv2d_flipped_size(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)(panels(layer->in.c) * LANES * own->kh * own->kw) * (size_t)own->outputs;
}

real *conv2d_flipped_panel(const struct layer *layer, real *flipped, int phase_y, int phase_x,
                           int panel)
{
    const struct conv *own = layer->own;
    const int taps =
        phase_taps(own->kh, own->stride, phase_y) * phase_taps(own->kw, own->stride, phase_x);

    return flipped + phase_at(layer, phase_y, phase_x) +
           (ptrdiff_t)panel * taps * own->outputs * LANES;
}

static void flip(const struct node *node, int ky, int kx, int panel, real *flipped)
{
    const struct conv *own = node->layer->own;
    const int stride = own->stride, inputs = node->layer->in.c, first = panel * LANES;
    const int phase_y = ky % stride, phase_x = kx % stride;
    const int taps_y = phase_taps(own->kh, stride, phase_y);
    const int taps_x = phase_taps(own->kw, stride, phase_x);
    const int to = (taps_y - 1 - ky / stride) * taps_x + taps_x - 1 - kx / stride;
    const ptrdiff_t tap = (ptrdiff_t)inputs * LANES;

    kernels->transpose(node->parameters + (ky * own->kw + kx) * tap + first * LANES,
                       own->kh * own->kw * tap, inputs - first < LANES ? inputs - first : LANES,
                       own->outputs,
                       conv2d_flipped_panel(node->layer, flipped, phase_y, phase_x, panel) +
                           (ptrdiff_t)to * own->outputs * LANES);
}

void conv2d_flip_panel(const struct node *node, int panel, real *flipped)
{
    const struct conv *own = node->layer->own;

    for (int y = 0; y < own->kh; y++)
        for (int x = 0; x < own->kw; x++)
            flip(node, y, x, panel, flipped);
}

void conv2d_pair_panel(const struct node *node, int panel, real *flipped)
{
    const struct conv *own = node->layer->own;

    for (int y = 0; y < own->stride; y++)
        for (int x = 0; x < own->stride; x++) {
            const int taps =
                phase_taps(own->kh, own->stride, y) * phase_taps(own->kw, own->stride, x);
            real *weights = conv2d_flipped_panel(node->layer, flipped, y, x, panel);

            bf16_weights(weights, taps * own->outputs, weights);
        }
}
