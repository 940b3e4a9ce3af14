/* Part of kernels.c: sums and normalization per channel. */
#ifndef NN_KERNEL_CHANNEL_H
#define NN_KERNEL_CHANNEL_H

#include "kernel_vector.h"

/* ---- Per channel ----
 * The loops over the channels of a block have a constant length in the usual case, for which the
 * compiler keeps everything in vectors. */

#define PER_BLOCK(c, BODY)                                                                         \
    for (int c0 = 0; c0 < (c); c0 += LANES) {                                                      \
        if ((c)-c0 >= LANES)                                                                       \
            BODY(LANES)                                                                            \
        else                                                                                       \
            BODY((c)-c0)                                                                           \
    }

enum { CHUNK = 64 }; /* terms added up in the working type before they go to the double */

ALWAYS void sums_block(const real *x, ptrdiff_t n, int c, double *sum, double *square, int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        real s[LANES] = {0}, q[LANES] = {0};

        for (ptrdiff_t i = begin; i < end; i++)
            for (int l = 0; l < lanes; l++) {
                real v = x[i * c + l];

                s[l] += v;
                q[l] += v * v;
            }
        for (int l = 0; l < lanes; l++) {
            sum[l] += (double)s[l];
            square[l] += (double)q[l];
        }
    }
}

static void channel_sums(const real *x, ptrdiff_t n, int c, double *sum, double *square)
{
#define BODY(lanes) sums_block(x + c0, n, c, sum + c0, square + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void products_block(const real *dy, const real *x, const real *mean, ptrdiff_t n, int c,
                           double *sum, double *product, int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        real s[LANES] = {0}, q[LANES] = {0};

        for (ptrdiff_t i = begin; i < end; i++)
            for (int l = 0; l < lanes; l++) {
                real d = dy[i * c + l], centred = x[i * c + l] - mean[l];

                s[l] += d;
                q[l] += d * centred;
            }
        for (int l = 0; l < lanes; l++) {
            sum[l] += (double)s[l];
            product[l] += (double)q[l];
        }
    }
}

static void channel_products(const real *dy, const real *x, const real *mean, ptrdiff_t n, int c,
                             double *sum, double *product)
{
#define BODY(lanes) products_block(dy + c0, x + c0, mean + c0, n, c, sum + c0, product + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void normalize_block(const real *restrict x, const real *restrict mean,
                            const real *restrict scale, const real *restrict shift, ptrdiff_t n,
                            int c, real *restrict y, int lanes)
{
    real m[LANES], a[LANES], b[LANES];

    for (int l = 0; l < lanes; l++) {
        m[l] = mean[l];
        a[l] = scale[l];
        b[l] = shift[l];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int l = 0; l < lanes; l++)
            y[i * c + l] = (x[i * c + l] - m[l]) * a[l] + b[l];
}

static void normalize(const real *x, const real *mean, const real *scale, const real *shift,
                      ptrdiff_t n, int c, real *y)
{
#define BODY(lanes) normalize_block(x + c0, mean + c0, scale + c0, shift + c0, n, c, y + c0, lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

ALWAYS void normalize_back_block(const real *restrict dy, const real *restrict x,
                                 const real *restrict mean, const real *restrict a,
                                 const real *restrict b, const real *restrict shift, ptrdiff_t n,
                                 int c, real *restrict dx, int lanes)
{
    real m[LANES], ka[LANES], kb[LANES], ks[LANES];

    for (int l = 0; l < lanes; l++) {
        m[l] = mean[l];
        ka[l] = a[l];
        kb[l] = b[l];
        ks[l] = shift[l];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int l = 0; l < lanes; l++) {
            real rest = kb[l] * (x[i * c + l] - m[l]) + ks[l];

            dx[i * c + l] = ka[l] * dy[i * c + l] + rest;
        }
}

static void normalize_back(const real *dy, const real *x, const real *mean, const real *a,
                           const real *b, const real *shift, ptrdiff_t n, int c, real *dx)
{
#define BODY(lanes)                                                                                \
    normalize_back_block(dy + c0, x + c0, mean + c0, a + c0, b + c0, shift + c0, n, c, dx + c0,    \
                         lanes);
    PER_BLOCK(c, BODY)
#undef BODY
}

#endif
