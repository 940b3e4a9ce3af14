/* Part of kernels.c: sums and normalization per channel. */
#ifndef NN_KERNEL_CHANNEL_H
#define NN_KERNEL_CHANNEL_H

#include "vector.h"

enum { CHUNK = 64 }; /* terms added up in the working type before they go to the double */

/* Returns the larger one; the order of operands lets NaN through. */
ALWAYS vec at_least(vec floor, vec x)
{
    return choose(floor > x, floor, x);
}

ALWAYS void add_to_doubles(vec sum, double *to, const int lanes)
{
    for (int l = 0; l < (lanes < VLEN ? lanes : VLEN); l++)
        to[l] += (double)sum[l];
}

/* ---- Normalization of a vector of channels ---- */

struct norm_vector {
    vec mean, scale, shift, a, b, c, before, after;
};

ALWAYS struct norm_vector norm_at(const struct norm *norm, int c0)
{
    struct norm_vector k = {.before = (vec){0} + norm->before, .after = (vec){0} + norm->after};

    if (norm->mean) {
        k.mean = load(norm->mean + c0);
        k.scale = load(norm->scale + c0);
        k.shift = load(norm->shift + c0);
        k.a = load(norm->a + c0);
        k.b = load(norm->b + c0);
        k.c = load(norm->c + c0);
    }
    return k;
}

/* Subtracts the mean. `rectified`, a constant at each call: there is a rectifier before the
 * normalization. */
ALWAYS vec from_mean(const struct norm_vector *k, vec x, const bool rectified)
{
    if (rectified)
        x = at_least(k->before, x);
    return x - k->mean;
}

/* Returns the gradient of x from that of the normalized number. */
ALWAYS vec norm_gradient(const struct norm_vector *k, vec d, vec x, const bool rectified)
{
    const vec rest = fused(k->b, from_mean(k, x, rectified), k->c);
    const vec gradient = fused(k->a, d, rest);

    return rectified ? choose(x > k->before, gradient, (vec){0}) : gradient;
}

ALWAYS void sums_vector(const real *x, real floor, ptrdiff_t n, int c, double *sum, double *square,
                        const int lanes)
{
    const vec before = (vec){0} + floor;

    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        vec s = {0}, q = {0};

        for (ptrdiff_t i = begin; i < end; i++) {
            const vec v = at_least(before, load_part(x + i * c, lanes));

            s += v;
            q = fused(v, v, q);
        }
        add_to_doubles(s, sum, lanes);
        add_to_doubles(q, square, lanes);
    }
}

static void channel_sums(const real *x, real floor, ptrdiff_t n, int c, double *sum, double *square)
{
    PER_LANES(c0, lanes, VLEN, c, sums_vector(x + c0, floor, n, c, sum + c0, square + c0, lanes));
}

ALWAYS void normalize_vector(const struct norm *norm, int c0, const real *x, ptrdiff_t n, int c,
                             real *y, const int lanes)
{
    const struct norm_vector k = norm_at(norm, c0);

    for (ptrdiff_t i = 0; i < n; i++) {
        const vec centred = from_mean(&k, load_part(x + i * c, lanes), true);
        const vec z = fused(centred, k.scale, k.shift);

        store_part(y + i * c, at_least(k.after, z), lanes);
    }
}

static void normalize(const struct norm *norm, const real *x, ptrdiff_t n, int c, real *y)
{
    PER_LANES(c0, lanes, VLEN, c, normalize_vector(norm, c0, x + c0, n, c, y + c0, lanes));
}

/* Returns the part of dy that passes the rectifier after the normalization. */
ALWAYS vec passed(const struct norm_vector *k, vec dy, vec centred)
{
    return choose(fused(centred, k->scale, k->shift) > k->after, dy, (vec){0});
}

ALWAYS void normalize_sums_vector(const struct norm *norm, int c0, const real *dy, const real *x,
                                  ptrdiff_t n, int c, double *sum, double *product, const int lanes)
{
    const struct norm_vector k = norm_at(norm, c0);

    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        vec s = {0}, q = {0};

        for (ptrdiff_t i = begin; i < end; i++) {
            const vec centred = from_mean(&k, load_part(x + i * c, lanes), true);
            const vec d = passed(&k, load_part(dy + i * c, lanes), centred);

            s += d;
            q = fused(d, centred, q);
        }
        add_to_doubles(s, sum, lanes);
        add_to_doubles(q, product, lanes);
    }
}

static void normalize_sums(const struct norm *norm, const real *dy, const real *x, ptrdiff_t n,
                           int c, double *sum, double *product)
{
    PER_LANES(
        c0, lanes, VLEN, c,
        normalize_sums_vector(norm, c0, dy + c0, x + c0, n, c, sum + c0, product + c0, lanes));
}

ALWAYS void normalize_back_vector(const struct norm *norm, int c0, const real *dy, const real *x,
                                  ptrdiff_t n, int c, real *dx, const int lanes)
{
    const struct norm_vector k = norm_at(norm, c0);

    for (ptrdiff_t i = 0; i < n; i++) {
        const vec v = load_part(x + i * c, lanes);
        const vec d = passed(&k, load_part(dy + i * c, lanes), from_mean(&k, v, true));

        store_part(dx + i * c, norm_gradient(&k, d, v, true), lanes);
    }
}

static void normalize_back(const struct norm *norm, const real *dy, const real *x, ptrdiff_t n,
                           int c, real *dx)
{
    PER_LANES(c0, lanes, VLEN, c,
              normalize_back_vector(norm, c0, dy + c0, x + c0, n, c, dx + c0, lanes));
}

#endif
