/* Part of kernels.c: windows. */
#ifndef NN_KERNEL_POOL_H
#define NN_KERNEL_POOL_H

#include "vector.h"

ALWAYS void maxpool_block(const real *x, const ptrdiff_t *offset, int taps, real *y, int lanes)
{
    real best[LANES];

    for (int l = 0; l < lanes; l++)
        best[l] = x[offset[0] + l];
    for (int t = 1; t < taps; t++)
        for (int l = 0; l < lanes; l++) {
            real v = x[offset[t] + l];

            best[l] = best[l] > v ? best[l] : v;
        }
    for (int l = 0; l < lanes; l++)
        y[l] = best[l];
}

static void maxpool(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                    int c, real *y)
{
    for (int i = 0; i < n; i++, x += stride, y += c)
        PER_LANES(c0, lanes, LANES, c, maxpool_block(x + c0, offset, taps, y + c0, lanes));
}

ALWAYS void maxpool_back_block(const real *restrict dy, const real *restrict x,
                               const ptrdiff_t *offset, const ptrdiff_t *offset_dx, int taps,
                               real *restrict dx, int lanes)
{
    real best[LANES], gradient[LANES];

    maxpool_block(x, offset, taps, best, lanes);
    for (int l = 0; l < lanes; l++)
        gradient[l] = dy[l];
    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++) {
            bool here = x[offset[t] + l] == best[l];

            dx[offset_dx[t] + l] += here ? gradient[l] : 0;
            gradient[l] = here ? 0 : gradient[l];
        }
}

static void maxpool_back(const real *dy, const real *x, const ptrdiff_t *offset,
                         const ptrdiff_t *offset_dx, int taps, int n, ptrdiff_t stride, int c,
                         real *dx)
{
    for (int i = 0; i < n; i++, x += stride, dx += stride, dy += c)
        PER_LANES(c0, lanes, LANES, c,
                  maxpool_back_block(dy + c0, x + c0, offset, offset_dx, taps, dx + c0, lanes));
}

ALWAYS void avgpool_block(const real *x, const ptrdiff_t *offset, int taps, real factor, real *y,
                          int lanes)
{
    real sum[LANES] = {0};

    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++)
            sum[l] += x[offset[t] + l];
    for (int l = 0; l < lanes; l++)
        y[l] = factor * sum[l];
}

static void avgpool(const real *x, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                    real factor, int c, real *y)
{
    for (int i = 0; i < n; i++, x += stride, y += c)
        PER_LANES(c0, lanes, LANES, c, avgpool_block(x + c0, offset, taps, factor, y + c0, lanes));
}

ALWAYS void avgpool_back_block(const real *restrict dy, const ptrdiff_t *offset, int taps,
                               real factor, real *restrict dx, int lanes)
{
    for (int t = 0; t < taps; t++)
        for (int l = 0; l < lanes; l++)
            dx[offset[t] + l] = fused_real(factor, dy[l], dx[offset[t] + l]);
}

static void avgpool_back(const real *dy, const ptrdiff_t *offset, int taps, int n, ptrdiff_t stride,
                         real factor, int c, real *dx)
{
    for (int i = 0; i < n; i++, dx += stride, dy += c)
        PER_LANES(c0, lanes, LANES, c,
                  avgpool_back_block(dy + c0, offset, taps, factor, dx + c0, lanes));
}

#endif
