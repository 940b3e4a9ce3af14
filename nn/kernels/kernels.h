#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "nn/nn.h"

#include <float.h>

#if defined __FAST_MATH__ || FLT_EVAL_METHOD != 0
#error "The same bytes everywhere need IEEE arithmetic, each result rounded to its type."
#endif

typedef nn_real real; /* its name within nn/ */

/* The arithmetic, one table per instruction set from the one source kernels.c. In all of it a
 * vector lane is an output and every sum runs in a fixed order, and what is fused
 * is written as that, so tables with fused multiply-add give the same bits. Packed weights are
 * [panel][k][LANES]: a panel holds LANES outputs, those past the last are zero. */
enum { LANES = 16 };

static inline int panels(int outputs)
{
    return (outputs + LANES - 1) / LANES;
}

/* General matrix product: out[l][r][o] = bias[o] + sum over i < runs, k < run of
 * x[l*x_line + r*x_row + i*x_run + k] * w[i][k][o], for l < lines, r < rows, o < columns.
 * Convolution: l goes over the rows of the picture's output, r along them, i over kernel rows, k
 * over kernel columns and input channels. Linear layer: one line, one run. */
struct gemm {
    const real *x;
    ptrdiff_t x_line, x_row, x_run;
    int lines, rows, runs, run;
    const real *w;            /* [panels][runs][run][LANES] */
    ptrdiff_t w_panel, w_run; /* from panel to panel, from run to run */
    const real *bias;         /* [panels][LANES], NULL: zero */
    real *out;
    ptrdiff_t out_line, out_row;
    int columns;
};

/* Gradient of such weights: out[p][i][k][c] (+)= sum over n < pictures, l < lines, s < steps of
 * x[n*x_picture + l*x_line + s*x_step + i*x_run + k] *
 * dy[n*dy_picture + l*dy_line + s*dy_step + p*LANES + c], for i < runs, k < run.
 * Lanes past `columns` are left as they are, but dy is read there: up to LANES-1 numbers past its
 * last one have to be readable, and not being written. */
struct gemm_weight_grad {
    const real *x;
    ptrdiff_t x_picture, x_line, x_step, x_run;
    const real *dy;
    ptrdiff_t dy_picture, dy_line, dy_step;
    int pictures, lines, steps, runs, run, columns;
    real *out;           /* [panels][runs][run][LANES] */
    ptrdiff_t out_panel; /* from panel to panel */
    bool add;            /* onto what is there */
};

/* An integer as wide as a real, so that both fill a vector's lanes. */
#ifdef NN_DOUBLE
typedef int64_t lane_int;
#else
typedef int32_t lane_int;
#endif

/* Normalization per channel with the rectifiers around it; -INFINITY is none.
 * r = max(x, before), z = (r - mean[c]) * scale[c] + shift[c], y = max(z, after); and back, with
 * d = z > after ? dy : 0,
 * dx = x > before ? a[c] * d + (b[c] * (r - mean[c]) + c[c]) : 0.
 * Of these arrays, [channels], up to LANES-1 numbers past the last one are read. */
struct norm {
    const real *mean, *scale, *shift, *a, *b, *c;
    real before, after;
};

/* Maximum pooling of normalized numbers: y[i][c] = the largest y (see above; mean NULL: z = x) of
 * window i, whose taps are x[i*stride + offset[t] + c]. For the way back, unless they are NULL:
 * winner[i][c] the first tap that is the largest, CUT if y is `after`; centred[i][c] the winner's
 * r - mean (with a mean only). */
enum { CUT = -1 };
struct norm_maxpool {
    const struct norm *norm;
    const real *x;
    const ptrdiff_t *offset;
    int taps, n;
    ptrdiff_t stride;
    int c;
    real *y;
    lane_int *winner;
    real *centred;
};

/* Gradient of that: dx at tap t of window i as above, with d = winner[i][c] == t ? dy[i][c] : 0;
 * mean NULL: dx = d, and x is not read. */
struct norm_maxpool_back {
    const struct norm *norm;
    const real *dy;
    const lane_int *winner;
    const real *x;
    const ptrdiff_t *offset, *offset_dx;
    int taps, n;
    ptrdiff_t stride;
    int c;
    real *dx;
};

/* A picture being bent: the places its pixels come from, in the coordinates of a plane that holds
 * the old picture after one row and one column of background. Pixel (x, y) of the new one is the
 * plane's at across[0] x + across[1] y + across[2], down[0] x + down[1] y + down[2], each moved by
 * the cubic B-spline whose coefficients are `knots` (NULL: not moved), knot (i, j) of both at x =
 * KNOT (j - 1), y = KNOT (i - 1). */
enum { KNOT = 8 };
static inline int knots_along(int pixels)
{
    return (pixels + KNOT - 1) / KNOT + 3;
}
struct warp {
    int c, h, w;
    const float *background; /* [c] */
    float across[3], down[3];
    const float *knots; /* [2][knots_along(h)][knots_along(w)]: across, down */
    /* Scratch: */
    float *moves; /* [2][knots_along(h)][w, rounded up to LANES]: the spline between columns */
    uint8_t *plane, *pairs; /* [h + 3][w + 3] and twice that, for bytes, with room for 32 more */
    float *numbers;         /* [h + 3][w + 3], for floats */
};

/* One step's scalars, taken in double. */
struct sgd {
    real lr, momentum;
    real l2; /* added to the gradient, times the weight */
    bool nesterov;
};
struct adam {
    real rate;           /* lr / (1 - beta1^t) */
    real beta1c, beta2c; /* 1 - beta */
    real root;           /* 1 / sqrt(1 - beta2^t) */
    real epsilon;
    real l2;    /* added to the gradient, times the weight */
    real decay; /* taken from the weight, times itself */
};

/* Part of a square of vectors, of which number (y, x) is y * row + x * column from its beginning:
 * top
 * <= y < bottom and left <= x < right. */
struct square {
    ptrdiff_t row, column;
    int top, bottom, left, right;
};

/* A transform of minimal filtering F(4x4, 3x3), see winograd.h, of squares of numbers for
 * each of some channels. Numbers outside `in` are zero, results outside `out` are left out. */
struct winograd {
    const real *from;
    struct square in;
    const real *from_odd; /* of pairs of tiles: the odd one, NULL: zeros */
    struct square in_odd;
    real *to;
    struct square out;
    const real *bias; /* [channels] is added to each result; NULL: nothing */
    int channels;     /* LANES at least */
};

struct kernels {
    const char *name;
    /* Scales: to = (from / divisor - mean) / std, in float, each operation rounded. */
    void (*pixels)(const uint8_t *from, ptrdiff_t n, const struct nn_input *, real *to);
    /* Writes [c][h][w] to `to`, which has room for LANES - 1 more: bytes to the nearest one. */
    void (*warp_u8)(const struct warp *, const uint8_t *from, uint8_t *to);
    void (*warp_f32)(const struct warp *, const float *from, float *to);
    void (*gemm)(const struct gemm *);
    void (*gemm_weight_grad)(const struct gemm_weight_grad *);
    /* The same, where each number of x, w and dy is a pair of bfloat16 numbers, both of whose
     * products are added, first the odd one's: so half as many k, or steps. Not in double. */
    void (*gemm_bf16)(const struct gemm *);
    void (*gemm_weight_grad_bf16)(const struct gemm_weight_grad *);
    /* Round to bfloat16 and make pairs, which look like a real each: of neighbours, to[i] = (x[2i],
     * x[2i + 1]), or of two rows, to[i] = (even[i], odd[i]); odd NULL: zeros. `to` may be `x` or
     * `even`. */
    void (*pair_neighbours)(const real *x, ptrdiff_t pairs, real *to);
    void (*pair_rows)(const real *even, const real *odd, ptrdiff_t n, real *to);
    /* Sums r = max(x, before): sum[c] += r, square[c] += r*r over n positions of c channels. */
    void (*channel_sums)(const real *x, real before, ptrdiff_t n, int c, double *sum,
                         double *square);
    void (*normalize)(const struct norm *, const real *x, ptrdiff_t n, int c, real *y);
    /* Sums: sum[c] += d, product[c] += d * (r - mean[c]). */
    void (*normalize_sums)(const struct norm *, const real *dy, const real *x, ptrdiff_t n, int c,
                           double *sum, double *product);
    void (*normalize_back)(const struct norm *, const real *dy, const real *x, ptrdiff_t n, int c,
                           real *dx);
    void (*relu)(const real *x, ptrdiff_t n, real *y);
    /* Adds: y = a + b, and with a rectifier y = max(a + b, 0). */
    void (*add)(const real *a, const real *b, ptrdiff_t n, real *y);
    void (*add_relu)(const real *a, const real *b, ptrdiff_t n, real *y);
    /* Computes dx = y > 0 ? dy : 0. */
    void (*relu_back)(const real *dy, const real *y, ptrdiff_t n, real *dx);
    /* Computes y = x > 0 ? x : slope * x, slope above 0; and dx = y > 0 ? dy : slope * dy. */
    void (*leaky_relu)(const real *x, real slope, ptrdiff_t n, real *y);
    void (*leaky_relu_back)(const real *dy, const real *y, real slope, ptrdiff_t n, real *dx);
    /* Pools n windows `stride` apart in x and dx, side by side in y and dy:
     * y[i][c] = max of x[i*stride + offset[t] + c], t < taps. */
    void (*maxpool)(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                    int c, real *y);
    /* Adds dx[i*stride + offset_dx[t] + c] += dy[i][c] for the first t where x is largest. */
    void (*maxpool_back)(const real *dy, const real *x, const ptrdiff_t *offset,
                         const ptrdiff_t *offset_dx, int taps, int n, ptrdiff_t stride, int c,
                         real *dx);
    /* Pools: y[i][c] = factor * sum over t of x[i*stride + offset[t] + c]. */
    void (*avgpool)(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                    real factor, int c, real *y);
    /* Adds dx[i*stride + offset[t] + c] += factor * dy[i][c]. */
    void (*avgpool_back)(const real *dy, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                         real factor, int c, real *dx);
    void (*norm_maxpool)(const struct norm_maxpool *);
    /* Sums over n windows, d = winner is CUT ? 0 : dy: sum[c] += d, product[c] += d * centred. */
    void (*norm_maxpool_sums)(const real *dy, const lane_int *winner, const real *centred,
                              ptrdiff_t n, int c, double *sum, double *product);
    void (*norm_maxpool_back)(const struct norm_maxpool_back *);
    /* Sums: sum[c] += x[i*stride + c] for i < n. */
    void (*sum_rows)(const real *x, ptrdiff_t n, ptrdiff_t stride, int c, real *sum);
    /* Drops: y[i] = x[i] * scale, or 0 where word i of the random bits is below `threshold`; word
     * i is bits[i % 4] of index first + i / 4. */
    void (*dropout)(const struct nn_random *random, uint64_t first, uint32_t threshold, real scale,
                    const real *x, ptrdiff_t n, real *y);
    /* Sums: sum[i] = part[0][i] + part[1][i] + ..., the parts `stride` apart. */
    void (*sum_parts)(const real *part, ptrdiff_t stride, int parts, ptrdiff_t n, real *sum);
    /* Packs by inputs one input panel's `rows` of weights that are packed by outputs: to[c][r] =
     * from[c / LANES][r][c % LANES] for r < rows, c < columns; rows of both are LANES long, panels
     * of `from` lie `panel` apart. */
    void (*transpose)(const real *from, ptrdiff_t panel, int rows, int columns, real *to);
    /* Takes a step of PyTorch's SGD: v = momentum v + g; w -= lr v, with Nesterov lr (g + momentum
     * v) */
    void (*sgd)(real *w, const real *g, real *v, ptrdiff_t n, const struct sgd *);
    void (*adam)(real *w, const real *g, real *m, real *v, ptrdiff_t n, const struct adam *);
    /* Moves an exponential moving average: a += rate (w - a). */
    void (*ema)(real *a, const real *w, real rate, ptrdiff_t n);
    /* Transform 6x6 of the input to 6x6 points, 3x3 weights to 6x6, 6x6 products to 4x4 of the
     * output; the transposed of the last two for gradients: 4x4 of the output to 6x6, 6x6 to 3x3
     * weights */
    void (*winograd_input)(const struct winograd *);
    void (*winograd_weights)(const struct winograd *);
    void (*winograd_output)(const struct winograd *);
    void (*winograd_output_back)(const struct winograd *);
    void (*winograd_weights_back)(const struct winograd *);
    /* The same, to pairs: of neighbouring channels, of which there are half as many in `to`; or of
     * two tiles. Not in double. */
    void (*winograd_input_bf16)(const struct winograd *);
    void (*winograd_input_tiles_bf16)(const struct winograd *);
    void (*winograd_output_back_tiles_bf16)(const struct winograd *);
};

extern const struct kernels *kernels; /* the chosen table */

#endif
