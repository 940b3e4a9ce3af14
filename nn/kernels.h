#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "nn.h"

/* The arithmetic, one table per instruction set from the one source kernels.c. In all of it a
 * vector lane is an output and every sum runs in a fixed order, so tables with fused multiply-add
 * give the same bits. Packed weights are [panel][k][LANES]: a panel holds LANES outputs, those past
 * the last are zero. */
enum { LANES = 16 };

static inline int panels(int outputs)
{
    return (outputs + LANES - 1) / LANES;
}

/* out[l][r][o] = bias[o] + sum over i < runs, k < run of
 * x[l*x_line + r*x_row + i*x_run + k] * w[i][k][o], for l < lines, r < rows, o < columns.
 * Convolution: l goes over the rows of the picture's output, r along them, i over kernel rows, k
 * over kernel columns and input channels. Linear layer: one line, one run. */
struct product {
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

/* out[p][i][k][c] (+)= sum over n < pictures, l < lines, s < steps of
 * x[n*x_picture + l*x_line + s*x_step + i*x_run + k] *
 * dy[n*dy_picture + l*dy_line + s*dy_step + p*LANES + c], for i < runs, k < run.
 * Lanes past `columns` are left as they are, but dy is read there: up to LANES-1 numbers past its
 * last one have to be readable. */
struct outer {
    const real *x;
    ptrdiff_t x_picture, x_line, x_step, x_run;
    const real *dy;
    ptrdiff_t dy_picture, dy_line, dy_step;
    int pictures, lines, steps, runs, run, columns;
    real *out;           /* [panels][runs][run][LANES] */
    ptrdiff_t out_panel; /* from panel to panel */
    bool add;            /* onto what is there */
};

/* As wide as a real, so that both fill a vector's lanes. */
#ifdef NN_DOUBLE
typedef int64_t lane_int;
#else
typedef int32_t lane_int;
#endif

/* Windows of normalized numbers z = (x - mean[c]) * scale[c] + shift[c]; as for max below,
 * y[i][c] = the largest z of window i, or `floor` if that is larger. For the way back, unless they
 * are NULL: winner[i][c] the first tap that is the largest, CUT if y is `floor`; centred[i][c] the
 * winner's x - mean. Up to LANES-1 numbers past the last one are read from x, mean, scale and
 * shift; so for the next two, and there from all. */
enum { CUT = -1 };
struct norm_max {
    const real *x;
    const ptrdiff_t *offset;
    int taps, n;
    ptrdiff_t step;
    int c;
    const real *mean, *scale, *shift;
    real floor;
    real *y;
    lane_int *winner;
    real *centred;
};

/* dx at tap t of window i = (winner == t ? a[c] * dy[i][c] : 0) + (b[c] * (x - mean[c]) + shift[c])
 */
struct norm_max_back {
    const real *dy;
    const lane_int *winner;
    const real *x;
    const ptrdiff_t *offset, *offset_dx;
    int taps, n;
    ptrdiff_t step;
    int c;
    const real *mean, *a, *b, *shift;
    real *dx;
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

struct kernels {
    const char *name;
    /* to = (from / divisor - mean) / std, in float, each step rounded */
    void (*pixels)(const uint8_t *from, ptrdiff_t n, const struct nn_input *, real *to);
    void (*product)(const struct product *);
    void (*outer)(const struct outer *);
    /* sum[c] += x, square[c] += x*x over n positions of c channels */
    void (*channel_sums)(const real *x, ptrdiff_t n, int c, double *sum, double *square);
    /* sum[c] += dy, product[c] += dy * (x - mean[c]) */
    void (*channel_products)(const real *dy, const real *x, const real *mean, ptrdiff_t n, int c,
                             double *sum, double *product);
    /* y = (x - mean[c]) * scale[c] + shift[c] */
    void (*normalize)(const real *x, const real *mean, const real *scale, const real *shift,
                      ptrdiff_t n, int c, real *y);
    /* dx = a[c] * dy + (b[c] * (x - mean[c]) + shift[c]) */
    void (*normalize_back)(const real *dy, const real *x, const real *mean, const real *a,
                           const real *b, const real *shift, ptrdiff_t n, int c, real *dx);
    void (*relu)(const real *x, ptrdiff_t n, real *y);
    /* dx = y > 0 ? dy : 0 */
    void (*relu_back)(const real *dy, const real *y, ptrdiff_t n, real *dx);
    /* y = x > 0 ? x : slope * x, slope above 0; dx = y > 0 ? dy : slope * dy */
    void (*leaky)(const real *x, real slope, ptrdiff_t n, real *y);
    void (*leaky_back)(const real *dy, const real *y, real slope, ptrdiff_t n, real *dx);
    /* Pooling, for n windows `step` apart in x and dx, side by side in y and dy.
     * y[i][c] = largest of x[i*step + offset[t] + c], t < taps */
    void (*max)(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step, int c,
                real *y);
    /* dx[i*step + offset_dx[t] + c] += dy[i][c] for the first t where x is largest */
    void (*max_back)(const real *dy, const real *x, const ptrdiff_t *offset,
                     const ptrdiff_t *offset_dx, int taps, int n, ptrdiff_t step, int c, real *dx);
    /* y[i][c] = factor * sum over t of x[i*step + offset[t] + c] */
    void (*mean)(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step,
                 real factor, int c, real *y);
    /* dx[i*step + offset[t] + c] += factor * dy[i][c] */
    void (*mean_back)(const real *dy, const ptrdiff_t *offset, int taps, int n, ptrdiff_t step,
                      real factor, int c, real *dx);
    void (*norm_max)(const struct norm_max *);
    /* sum[c] += d, product[c] += d * centred over n windows, d = winner is CUT ? 0 : dy */
    void (*norm_max_sums)(const real *dy, const lane_int *winner, const real *centred, ptrdiff_t n,
                          int c, double *sum, double *product);
    void (*norm_max_back)(const struct norm_max_back *);
    /* sum[c] += x[i*step + c] for i < n */
    void (*add_rows)(const real *x, ptrdiff_t n, ptrdiff_t step, int c, real *sum);
    /* Dropout: y[i] = x[i] * scale, or 0 where word i of the random bits is below `threshold`; word
     * i is bits[i % 4] of index first + i / 4. */
    void (*drop)(const struct nn_random *random, uint64_t first, uint32_t threshold, real scale,
                 const real *x, ptrdiff_t n, real *y);
    /* sum[i] = part[0][i] + part[1][i] + ..., the parts `stride` apart */
    void (*add_up)(const real *part, ptrdiff_t stride, int parts, ptrdiff_t n, real *sum);
    /* As PyTorch's SGD: v = momentum v + g; w -= lr v, with Nesterov lr (g + momentum v) */
    void (*sgd)(real *w, const real *g, real *v, ptrdiff_t n, const struct sgd *);
    void (*adam)(real *w, const real *g, real *m, real *v, ptrdiff_t n, const struct adam *);
};

extern const struct kernels *kernels; /* the chosen table */

#endif
