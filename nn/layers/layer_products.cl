/* Sums of weights times inputs: convolutions, and linear layers as convolutions of one position. */
#include "nn/device/functions.cl"

/* The grids' c is the way from position to position. Vectors are the positions of one row. */
struct products {
    struct device_grid in, out, din, dout, bias_dout; /* bias_dout: not rounded */
    i64 weights;    /* [panel][tap][input][LANES], then the bias */
    i64 forward;    /* the same that are multiplied */
    i64 transposed; /* [tap][output][input, rounded up to LANES] */
    i64 sums;       /* [group][parameters] gradients, of `per` pictures each */
    int n, inputs, outputs, kh, kw, stride, pad, bias, parameters;
    int per, groups;
    int bf16;
    int paired;    /* bf16: positions of a row, whose pairs the weights' gradient is made of */
    int bias_run;  /* positions of a row that the bias's gradient is summed up of at a time */
    int din_items; /* that compute din; 0: it is not computed */
    int from, to;  /* the parameters whose gradients are */
};

#ifdef ON_DEVICE
/* Returns the offset of the weight of an output, a tap and an input. */
int weight_at(const struct products *a, int output, int tap, int input)
{
    return ((output / LANES * a->kh * a->kw + tap) * a->inputs + input) * LANES + output % LANES;
}

/* Counts the weights before the bias. */
int weights_of(const struct products *a)
{
    return panels(a->outputs) * LANES * a->kh * a->kw * a->inputs;
}

/* Stores what there is of a square: positions of a batch from `first` to the last of `all`, and
 * channels from c on. */
void put_positions(MEMORY, struct device_grid g, int first, int all, int c,
                   float sum[SQUARE][SQUARE])
{
    for (int at = first; at < first + SQUARE && at < all; at++)
        put_square(sum + at - first,
                   number(memory, g, at / g.w / g.h, at / g.w % g.h, at % g.w, c), 0, 1, g.c - c);
}

KERNEL(product_forward, products)
{
    const int all = a.n * a.out.h * a.out.w, across = SQUARES(a.outputs);
    const int k = ITEM() % across * SQUARE, first = ITEM() / across * SQUARE;
    float sum[SQUARE][SQUARE];

    if (first >= all)
        return;
    for (int r = 0; r < SQUARE; r++)
        for (int c = 0; c < SQUARE; c++)
            sum[r][c] =
                a.bias && k + c < a.outputs ? FLOAT(a.weights)[weights_of(&a) + k + c] : 0;
    for (int tap = 0; tap < a.kh * a.kw; tap++) {
        __global const float *x[SQUARE];

        for (int r = 0; r < SQUARE; r++) {
            const int at = first + r, p = at / a.out.w / a.out.h;
            const int y = at / a.out.w % a.out.h * a.stride + tap / a.kw - a.pad;
            const int in_x = at % a.out.w * a.stride + tap % a.kw - a.pad;
            const int inside =
                at < all && y >= 0 && y < a.in.h && in_x >= 0 && in_x < a.in.w;

            x[r] = inside ? number(memory, a.in, p, y, in_x, 0) : 0;
        }
        add_square(x, 1, FLOAT(a.forward) + weight_at(&a, k, tap, 0), LANES, a.inputs, a.bf16, sum);
    }
    put_positions(memory, a.out, first, all, k, sum);
}

/* Makes the weights that are multiplied: rounded ones, then transposed ones. */
KERNEL(product_weights, products)
{
    const int item = ITEM() - (a.bf16 ? weights_of(&a) : 0), padded = panels(a.inputs) * LANES;
    const int i = item % padded, k = item / padded % a.outputs, tap = item / padded / a.outputs;

    if (item < 0)
        FLOAT(a.forward)[ITEM()] = operand(FLOAT(a.weights)[ITEM()], 1);
    else if (tap < a.kh * a.kw && i < a.inputs)
        FLOAT(a.transposed)[item] = operand(FLOAT(a.weights)[weight_at(&a, k, tap, i)], a.bf16);
}

/* Finds the output whose window has pixel `at` at a tap. Returns -1: none has. */
int output_seeing(int at, int tap, int stride, int pad, int outputs)
{
    const int from = at + pad - tap;

    return from >= 0 && from % stride == 0 && from / stride < outputs ? from / stride : -1;
}

/* Sums up in the order of the outputs, so from the last tap on. */
void input_grad(MEMORY, const struct products *a, int item)
{
    const int all = a->n * a->in.h * a->in.w, across = SQUARES(a->inputs);
    const int i = item % across * SQUARE, first = item / across * SQUARE;
    const int padded = panels(a->inputs) * LANES;
    float sum[SQUARE][SQUARE] = {{0}};

    for (int tap = a->kh * a->kw - 1; tap >= 0; tap--) {
        __global const float *x[SQUARE];

        for (int r = 0; r < SQUARE; r++) {
            const int at = first + r, p = at / a->in.w / a->in.h;
            const int y = output_seeing(at / a->in.w % a->in.h, tap / a->kw, a->stride, a->pad,
                                        a->out.h);
            const int out_x = output_seeing(at % a->in.w, tap % a->kw, a->stride, a->pad, a->out.w);

            x[r] = at < all && y >= 0 && out_x >= 0 ? number(memory, a->dout, p, y, out_x, 0) : 0;
        }
        add_square(x, 1, FLOAT(a->transposed) + tap * a->outputs * padded + i, padded, a->outputs,
                   a->bf16, sum);
    }
    put_positions(memory, a->din, first, all, i, sum);
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

/* Adds a row's products in pairs of outputs: the processor's are of all, with zeros beside the row,
 * and the last one of an odd number has an input, too. */
float add_pairs(MEMORY, const struct products *a, int p, int y, int ky, int kx, int i, int k,
                float sum)
{
    for (int pair = 0; pair < a->paired; pair += 2)
        for (int x = pair + 1; x >= pair; x--) {
            const int in_x = x * a->stride + kx - a->pad;
            const int inside = in_x >= 0 && in_x < a->in.w;

            sum = FUSED(inside ? *number(memory, a->in, p, y * a->stride + ky - a->pad, in_x, i) : 0,
                        x < a->dout.w ? *number(memory, a->dout, p, y, x, k) : 0, sum);
        }
    return sum;
}

/* Sums up the gradient of a weight over pictures first..end-1. */
float weight_grad(MEMORY, const struct products *a, int at, int k, int first, int end)
{
    const int i = at / LANES % a->inputs, tap = at / LANES / a->inputs % (a->kh * a->kw);
    const int ky = tap / a->kw, kx = tap % a->kw;
    const int end_y = end_inside(ky, a->stride, a->pad, a->in.h, a->out.h);
    const int end_x = end_inside(kx, a->stride, a->pad, a->in.w, a->out.w);
    const int first_x = first_inside(kx, a->stride, a->pad);
    float sum = 0;

    for (int p = first; p < end; p++)
        for (int y = first_inside(ky, a->stride, a->pad); y < end_y; y++)
            if (a->bf16)
                sum = add_pairs(memory, a, p, y, ky, kx, i, k, sum);
            else
                sum = add_products(number(memory, a->in, p, y * a->stride + ky - a->pad,
                                          first_x * a->stride + kx - a->pad, i),
                                   a->stride * a->in.c, number(memory, a->dout, p, y, first_x, k),
                                   a->dout.c, end_x - first_x, 0, sum);
    return sum;
}

/* Sums up a bias's: each fourth position of a run by itself, and the runs one after another. */
float bias_grad(MEMORY, const struct products *a, int k, int first, int end)
{
    const struct device_grid dout = a->bias_dout;
    float sum = 0;

    for (int p = first; p < end; p++)
        for (int run = 0; run < dout.h * dout.w; run += a->bias_run) {
            const int left = dout.w - run % dout.w, count = a->bias_run < left ? a->bias_run : left;
            __global const float *row = number(memory, dout, p, run / dout.w, run % dout.w, k);
            float part[4] = {0, 0, 0, 0};
            int x = 0;

            for (; x + 4 <= count; x += 4)
                for (int i = 0; i < 4; i++)
                    part[i] += row[(x + i) * dout.c];
            for (; x < count; x++)
                part[0] += row[x * dout.c];
            sum = sum + ((part[0] + part[1]) + (part[2] + part[3]));
        }
    return sum;
}

/* Sums up a parameter's over a group; those of lanes without an output are 0. */
void parameter_grad(MEMORY, const struct products *a, int at, int g)
{
    const int weights = weights_of(a), panel = at / LANES / a->inputs / (a->kh * a->kw);
    const int k = at < weights ? panel * LANES + at % LANES : at - weights;
    const int first = g * a->per, end = first + a->per < a->n ? first + a->per : a->n;

    FLOAT(a->sums)[(i64)g * a->parameters + at] =
        k >= a->outputs ? 0
        : at < weights  ? weight_grad(memory, a, at, k, first, end)
                        : bias_grad(memory, a, k, first, end);
}

KERNEL(product_backward, products)
{
    const int item = ITEM() - a.din_items, each = a.to - a.from;

    if (item < 0)
        input_grad(memory, &a, ITEM());
    else if (item < a.groups * each)
        parameter_grad(memory, &a, a.from + item % each, item / each);
}
#endif
