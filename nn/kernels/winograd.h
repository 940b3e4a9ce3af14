/* Part of kernels.c: the transforms of minimal filtering (Winograd 1980; for convolutions Lavin and
 * Gray 2015), F(4x4, 3x3). Four neighbouring outputs y of a row, by 3 weights w from 6 numbers d,
 * are
 *
 *     y = A^T ((G w) * (B^T d)),
 *
 * 6 multiplications in place of 12: a product of polynomials by their values at the points 0, p,
 * -p, 2p, -2p and infinity. A square of outputs is done so in both directions. With p = 3/4 the
 * result is about as exact as a plain sum; with the usual 1 it loses two bits. */
#ifndef NN_KERNEL_WINOGRAD_H
#define NN_KERNEL_WINOGRAD_H

#include "vector.h"

#define P  ((real)0.75)
#define P2 (P * P)
#define P4 (P2 * P2)

/* Returns c + a * b. */
ALWAYS vec plus(vec c, real a, vec b)
{
    return fused(all(a), b, c);
}

/* The maps below leave out the last factors of their results, which are multiplied as a bias is
 * added. */

/* B^T: coefficients of the polynomials that vanish at all points but one. */
static const real input_factors[] = {1, 1, 1, 1, 1, 1};
ALWAYS void map_input(const vec *d, vec *v)
{
    const vec even_p = plus(d[4], -4 * P2, d[2]), odd_p = plus(d[3], -4 * P2, d[1]);
    const vec even_2p = plus(d[4], -P2, d[2]), odd_2p = plus(d[3], -P2, d[1]);
    const vec even_0 = plus(even_2p, -4 * P2, d[2]), even_infinity = plus(d[5], -4 * P2, d[3]);

    v[0] = plus(even_0, 4 * P4, d[0]);
    v[1] = plus(even_p, P, odd_p);
    v[2] = plus(even_p, -P, odd_p);
    v[3] = plus(even_2p, 2 * P, odd_2p);
    v[4] = plus(even_2p, -2 * P, odd_2p);
    v[5] = plus(even_infinity, -P2, odd_p);
}

/* A^T: powers of the points. */
static const real output_factors[] = {1, P, P2, 1};
ALWAYS void map_output(const vec *m, vec *y)
{
    const vec even_p = m[1] + m[2], odd_p = m[1] - m[2];
    const vec even_2p = m[3] + m[4], odd_2p = m[3] - m[4];

    y[0] = (m[0] + even_p) + even_2p;
    y[1] = plus(odd_p, 2, odd_2p);
    y[2] = plus(even_p, 4, even_2p);
    y[3] = plus(m[5], P2 * P, plus(odd_p, 8, odd_2p));
}

/* A */
static const real output_back_factors[] = {1, 1, 1, 1, 1, 1};
ALWAYS void map_output_back(const vec *y, vec *m)
{
    const vec even_p = plus(y[0], P2, y[2]), odd_p = plus(y[1], P2, y[3]);
    const vec even_2p = plus(y[0], 4 * P2, y[2]), odd_2p = plus(y[1], 4 * P2, y[3]);

    m[0] = y[0];
    m[1] = plus(even_p, P, odd_p);
    m[2] = plus(even_p, -P, odd_p);
    m[3] = plus(even_2p, 2 * P, odd_2p);
    m[4] = plus(even_2p, -2 * P, odd_2p);
    m[5] = y[3];
}

/* G: powers of the points, over what their polynomial of B^T is there. */
static const real weights_factors[] = {1 / (4 * P4),  -1 / (6 * P4), -1 / (6 * P4),
                                       1 / (24 * P4), 1 / (24 * P4), 1};
ALWAYS void map_weights(const vec *w, vec *u)
{
    const vec even_p = plus(w[0], P2, w[2]), even_2p = plus(w[0], 4 * P2, w[2]);

    u[0] = w[0];
    u[1] = plus(even_p, P, w[1]);
    u[2] = plus(even_p, -P, w[1]);
    u[3] = plus(even_2p, 2 * P, w[1]);
    u[4] = plus(even_2p, -2 * P, w[1]);
    u[5] = w[2];
}

/* G^T */
static const real weights_back_factors[] = {1 / (6 * P4), P / (6 * P4), 1};
ALWAYS void map_weights_back(const vec *u, vec *w)
{
    const vec even_p = u[1] + u[2], odd_p = u[1] - u[2];
    const vec even_2p = u[3] + u[4], odd_2p = u[3] - u[4];
    const vec even = plus(-even_p, (real)1.5, u[0]);

    w[0] = plus(even, (real)0.25, even_2p);
    w[1] = plus(-odd_p, (real)0.5, odd_2p);
    w[2] = plus(u[5], P2 / (6 * P4), even_2p - even_p);
}

enum { SIDE = 6 };
typedef void winograd_map(const vec *, vec *);

/* Transforms in both directions, for one vector of channels: `from` x `from` numbers to `to` x
 * `to`. What lies outside is read from zeros and written to nowhere. */
ALWAYS void winograd_vector(const struct winograd *w, int c, winograd_map *map, const real *factors,
                            const int from, const int to)
{
    static const real zeros[LANES];
    const vec bias = w->bias ? load(w->bias + c) : (vec){0};
    vec column[SIDE][SIDE], in[SIDE], out[SIDE];
    real nowhere[LANES];

    for (int x = 0; x < from; x++) {
        const real *at = w->from + x * w->in.column + c;
        const bool here = x >= w->in.left && x < w->in.right;

        UNROLL
        for (int y = 0; y < from; y++, at += w->in.row) {
            const real *inside = here && y >= w->in.top && y < w->in.bottom ? at : zeros;

            in[y] = load(inside);
        }
        map(in, out);
        UNROLL
        for (int y = 0; y < to; y++)
            column[y][x] = factors[y] * out[y];
    }
    for (int y = w->out.top; y < w->out.bottom; y++) {
        real *at = w->to + y * w->out.row + c;

        map(column[y], out);
        UNROLL
        for (int x = 0; x < to; x++, at += w->out.column) {
            real *inside = x >= w->out.left && x < w->out.right ? at : nowhere;

            *(vec *)inside = plus(bias, factors[x], out[x]);
        }
    }
}

#define WINOGRAD(name, from, to)                                                                   \
    static void winograd_##name(const struct winograd *given)                                      \
    {                                                                                              \
        const struct winograd w = *given; /* its own, so that no store can change it */            \
                                                                                                   \
        for (int c = 0; c < w.channels; c += VLEN)                                                 \
            winograd_vector(&w, c, map_##name, name##_factors, from, to);                          \
    }

WINOGRAD(input, 6, 6)
WINOGRAD(weights, 3, 6)
WINOGRAD(output, 6, 4)
WINOGRAD(output_back, 4, 6)
WINOGRAD(weights_back, 6, 3)

#undef P
#undef P2
#undef P4

#endif
