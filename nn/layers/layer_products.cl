/* Sums of weights times inputs: convolutions, and linear layers as convolutions of one position. */
#include "nn/device/dialect.h"

struct products {
    struct device_grid in, out, din, dout;
    i64 weights;    /* [panel][tap][input][LANES], then the bias */
    i64 transposed; /* [tap][output][input, rounded up to LANES] */
    i64 sums;       /* [group][parameters] gradients, of `per` pictures each */
    int n, kh, kw, stride, pad, bias, parameters;
    int per, groups;
    int vectors;  /* pictures are single positions */
    int inputs;   /* numbers of din; 0: it is not computed */
    int from, to; /* the parameters whose gradients are */
};

#ifdef ON_DEVICE
/* Returns the offset of the weight of an output, a tap and an input. */
int weight_at(const struct products *a, int output, int tap, int input)
{
    return ((output / LANES * a->kh * a->kw + tap) * a->in.c + input) * LANES + output % LANES;
}

/* Counts the weights before the bias. */
int weights_of(const struct products *a)
{
    return panels(a->out.c) * LANES * a->kh * a->kw * a->in.c;
}

KERNEL(product_forward, products)
{
    const int k = ITEM() % a.out.c, x = ITEM() / a.out.c % a.out.w;
    const int y = ITEM() / a.out.c / a.out.w % a.out.h, p = ITEM() / a.out.c / a.out.w / a.out.h;

    if (p >= a.n)
        return;
    __global const float *w = FLOAT(a.weights);
    float sum = a.bias ? w[weights_of(&a) + k] : 0;

    for (int ky = 0; ky < a.kh; ky++) {
        const int in_y = y * a.stride + ky - a.pad;

        for (int kx = 0; kx < a.kw && in_y >= 0 && in_y < a.in.h; kx++) {
            const int in_x = x * a.stride + kx - a.pad;

            if (in_x < 0 || in_x >= a.in.w)
                continue;
            __global const float *in = number(memory, a.in, p, in_y, in_x, 0);
            __global const float *tap = w + weight_at(&a, k, ky * a.kw + kx, 0);

            for (int i = 0; i < a.in.c; i++)
                sum = FUSED(in[i], tap[i * LANES], sum);
        }
    }
    *number(memory, a.out, p, y, x, k) = sum;
}

KERNEL(product_transpose, products)
{
    const int padded = panels(a.in.c) * LANES;
    const int i = ITEM() % padded, k = ITEM() / padded % a.out.c, tap = ITEM() / padded / a.out.c;

    if (tap < a.kh * a.kw && i < a.in.c)
        FLOAT(a.transposed)[ITEM()] = FLOAT(a.weights)[weight_at(&a, k, tap, i)];
}

/* Returns the first output whose window reaches as far as pixel `at`. */
int first_seeing(int at, int kernel_size, int stride, int pad)
{
    const int ahead = at + pad - kernel_size;

    return ahead < 0 ? 0 : ahead / stride + 1;
}

/* Returns the last output whose window has pixel `at`. */
int last_seeing(int at, int stride, int pad, int outputs)
{
    const int last = (at + pad) / stride;

    return last < outputs ? last : outputs - 1;
}

void input_grad(MEMORY, const struct products *a, int item)
{
    const int i = item % a->in.c, x = item / a->in.c % a->in.w;
    const int y = item / a->in.c / a->in.w % a->in.h, p = item / a->in.c / a->in.w / a->in.h;
    const int padded = panels(a->in.c) * LANES;
    float sum = 0;

    for (int out_y = first_seeing(y, a->kh, a->stride, a->pad);
         out_y <= last_seeing(y, a->stride, a->pad, a->out.h); out_y++)
        for (int out_x = first_seeing(x, a->kw, a->stride, a->pad);
             out_x <= last_seeing(x, a->stride, a->pad, a->out.w); out_x++) {
            const int tap =
                (y + a->pad - out_y * a->stride) * a->kw + x + a->pad - out_x * a->stride;
            __global const float *dout = number(memory, a->dout, p, out_y, out_x, 0);
            __global const float *w = FLOAT(a->transposed) + tap * a->out.c * padded + i;

            for (int k = 0; k < a->out.c; k++)
                sum = FUSED(dout[k], w[k * padded], sum);
        }
    *number(memory, a->din, p, y, x, i) = sum;
}

/* Returns the first output that has `tap` inside the picture, and the one after the last. */
int first_inside(int tap, int stride, int pad)
{
    return pad > tap ? (pad - tap + stride - 1) / stride : 0;
}
int end_inside(int tap, int stride, int pad, int inputs, int outputs)
{
    const int last = inputs - 1 + pad - tap, end = last < 0 ? 0 : last / stride + 1;

    return end < outputs ? end : outputs;
}

/* Sums up the gradient of a weight over pictures first..end-1. */
float weight_grad(MEMORY, const struct products *a, int at, int k, int first, int end)
{
    const int i = at / LANES % a->in.c, tap = at / LANES / a->in.c % (a->kh * a->kw);
    const int ky = tap / a->kw, kx = tap % a->kw;
    const int end_y = end_inside(ky, a->stride, a->pad, a->in.h, a->out.h);
    const int end_x = end_inside(kx, a->stride, a->pad, a->in.w, a->out.w);
    float sum = 0;

    for (int p = first; p < end; p++)
        for (int y = first_inside(ky, a->stride, a->pad); y < end_y; y++)
            for (int x = first_inside(kx, a->stride, a->pad); x < end_x; x++)
                sum = FUSED(*number(memory, a->in, p, y * a->stride + ky - a->pad,
                                    x * a->stride + kx - a->pad, i),
                            *number(memory, a->dout, p, y, x, k), sum);
    return sum;
}

/* Sums up a bias's: each fourth position of a row by itself, and the rows one after another.
 * Vectors are the positions of one row. */
float bias_grad(MEMORY, const struct products *a, int k, int first, int end)
{
    const int step = a->vectors ? a->dout.picture : a->dout.c;
    const int positions = a->vectors ? end - first : a->dout.w;
    float sum = 0;

    for (int p = first; p < (a->vectors ? first + 1 : end); p++)
        for (int y = 0; y < a->dout.h; y++) {
            __global const float *row = number(memory, a->dout, p, y, 0, k);
            float part[4] = {0, 0, 0, 0};
            int x = 0;

            for (; x + 4 <= positions; x += 4)
                for (int i = 0; i < 4; i++)
                    part[i] += row[(x + i) * step];
            for (; x < positions; x++)
                part[0] += row[x * step];
            sum = sum + ((part[0] + part[1]) + (part[2] + part[3]));
        }
    return sum;
}

/* Sums up a parameter's over a group; those of lanes without an output are 0. */
void parameter_grad(MEMORY, const struct products *a, int at, int g)
{
    const int weights = weights_of(a), panel = at / LANES / a->in.c / (a->kh * a->kw);
    const int k = at < weights ? panel * LANES + at % LANES : at - weights;
    const int first = g * a->per, end = first + a->per < a->n ? first + a->per : a->n;

    FLOAT(a->sums)[(i64)g * a->parameters + at] =
        k >= a->out.c  ? 0
        : at < weights ? weight_grad(memory, a, at, k, first, end)
                       : bias_grad(memory, a, k, first, end);
}

KERNEL(product_backward, products)
{
    const int item = ITEM() - a.inputs, each = a.to - a.from;

    if (item < 0)
        input_grad(memory, &a, ITEM());
    else if (item < a.groups * each)
        parameter_grad(memory, &a, a.from + item % each, item / each);
}
#endif
