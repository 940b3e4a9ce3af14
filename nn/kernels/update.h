/* Part of kernels.c: gradients added up, the optimizers' steps, and the transposed copies. */
#ifndef NN_KERNEL_UPDATE_H
#define NN_KERNEL_UPDATE_H

#include "vector.h"

#include <math.h>

/* ---- Parameters ---- */

/* Sums every fourth row by itself, since each addition waits for the one before. */
ALWAYS void sum_rows_vector(const real *x, ptrdiff_t n, ptrdiff_t stride, real *sum,
                            const int lanes)
{
    vec part[4] = {{0}};
    ptrdiff_t i = 0;

    for (; i + 4 <= n; i += 4) {
        UNROLL
        for (int p = 0; p < 4; p++)
            part[p] += load_part(x + (i + p) * stride, lanes);
    }
    for (; i < n; i++)
        part[0] += load_part(x + i * stride, lanes);
    store_part(sum, load_part(sum, lanes) + ((part[0] + part[1]) + (part[2] + part[3])), lanes);
}

static void sum_rows(const real *x, ptrdiff_t n, ptrdiff_t stride, int c, real *sum)
{
    int k = 0;

    for (; k + VLEN <= c; k += VLEN)
        sum_rows_vector(x + k, n, stride, sum + k, VLEN);
    if (k < c)
        sum_rows_vector(x + k, n, stride, sum + k, c - k);
}

static void sum_parts(const real *part, ptrdiff_t stride, int parts, ptrdiff_t n, real *sum)
{
    for (ptrdiff_t i = 0; i < n; i++)
        sum[i] = part[i];
    for (int p = 1; p < parts; p++)
        for (ptrdiff_t i = 0; i < n; i++)
            sum[i] += part[p * stride + i];
}

static void sgd(real *restrict w, const real *restrict g, real *restrict v, ptrdiff_t n,
                const struct sgd *s)
{
    const struct sgd k = *s;

    for (ptrdiff_t i = 0; i < n; i++) {
        const real gradient = fused_real(k.l2, w[i], g[i]);

        v[i] = fused_real(k.momentum, v[i], gradient);
        if (k.nesterov) {
            const real ahead = fused_real(k.momentum, v[i], gradient);

            w[i] = fused_real(-k.lr, ahead, w[i]);
        } else {
            w[i] = fused_real(-k.lr, v[i], w[i]);
        }
    }
}

static void adam(real *restrict w, const real *restrict g, real *restrict m, real *restrict v,
                 ptrdiff_t n, const struct adam *a)
{
    const struct adam k = *a;

    for (ptrdiff_t i = 0; i < n; i++) {
        const real gradient = fused_real(k.l2, w[i], g[i]);
        const real change = fused_real(gradient, gradient, -v[i]);
        real deviation, kept;

        m[i] = fused_real(k.beta1c, gradient - m[i], m[i]);
        v[i] = fused_real(k.beta2c, change, v[i]);
#ifdef NN_DOUBLE
        deviation = sqrt(v[i]);
#else
        deviation = sqrtf(v[i]);
#endif
        kept = fused_real(-k.decay, w[i], w[i]);
        w[i] = fused_real(-k.rate, m[i] / fused_real(deviation, k.root, k.epsilon), kept);
    }
}

ALWAYS void transpose_block(const real *restrict from, int rows, int columns, real *restrict to)
{
    for (int c = 0; c < columns; c++)
        for (int r = 0; r < rows; r++)
            to[c * LANES + r] = from[r * LANES + c];
}

static void transpose(const real *from, ptrdiff_t panel, int rows, int columns, real *to)
{
    for (; columns > 0; columns -= LANES) {
        if (rows == LANES && columns >= LANES) /* constant sizes, which compilers make vectors of */
            transpose_block(from, LANES, LANES, to);
        else
            transpose_block(from, rows, columns < LANES ? columns : LANES, to);
        from += panel;
        to += LANES * LANES;
    }
}

static void ema(real *restrict a, const real *restrict w, real rate, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        a[i] = fused_real(rate, w[i] - a[i], a[i]);
}

#endif
