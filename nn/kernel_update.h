/* Part of kernels.c: gradients added up, and the optimizers' steps. */
#ifndef NN_KERNEL_UPDATE_H
#define NN_KERNEL_UPDATE_H

#include "kernel_vector.h"

#include <math.h>

/* ---- Parameters ---- */

ALWAYS void add_rows_vectors(const real *x, ptrdiff_t n, ptrdiff_t step, real *sum, const int vecs)
{
    vec s[4];

    UNROLL
    for (int v = 0; v < vecs; v++)
        s[v] = load(sum + v * VLEN);
    for (ptrdiff_t i = 0; i < n; i++, x += step) {
        UNROLL
        for (int v = 0; v < vecs; v++)
            s[v] += load(x + v * VLEN);
    }
    UNROLL
    for (int v = 0; v < vecs; v++)
        *(vec *)(sum + v * VLEN) = s[v];
}

static void add_rows(const real *x, ptrdiff_t n, ptrdiff_t step, int c, real *sum)
{
    int k = 0;

    for (; k + 4 * VLEN <= c; k += 4 * VLEN)
        add_rows_vectors(x + k, n, step, sum + k, 4);
    for (; k + VLEN <= c; k += VLEN)
        add_rows_vectors(x + k, n, step, sum + k, 1);
    for (; k < c; k++)
        for (ptrdiff_t i = 0; i < n; i++)
            sum[k] += x[i * step + k];
}

static void add_up(const real *part, ptrdiff_t stride, int parts, ptrdiff_t n, real *sum)
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
        const real gradient = g[i] + k.l2 * w[i];

        v[i] = k.momentum * v[i] + gradient;
        if (k.nesterov) {
            const real ahead = gradient + k.momentum * v[i];

            w[i] -= k.lr * ahead;
        } else {
            w[i] -= k.lr * v[i];
        }
    }
}

static void adam(real *restrict w, const real *restrict g, real *restrict m, real *restrict v,
                 ptrdiff_t n, const struct adam *a)
{
    const struct adam k = *a;

    for (ptrdiff_t i = 0; i < n; i++) {
        const real gradient = g[i] + k.l2 * w[i];
        const real change = gradient * gradient - v[i];
        real moved;

        m[i] += k.beta1c * (gradient - m[i]);
        v[i] += k.beta2c * change;
#ifdef NN_DOUBLE
        moved = m[i] / (sqrt(v[i]) * k.root + k.epsilon);
#else
        moved = m[i] / (sqrtf(v[i]) * k.root + k.epsilon);
#endif
        w[i] -= k.decay * w[i];
        w[i] -= k.rate * moved;
    }
}

#endif
