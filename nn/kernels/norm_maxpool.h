/* Part of kernels.c: maximum pooling of numbers as they are or normalized on the way. */
#ifndef NN_KERNEL_NORM_MAXPOOL_H
#define NN_KERNEL_NORM_MAXPOOL_H

#include "channel.h"

/* Steps before numbers are compared: a constant at each call. */
enum before { PLAIN, NORMALIZED, RECTIFIED_NORMALIZED };

static enum before before_of(const struct norm *norm)
{
    return !norm->mean ? PLAIN : norm->before < 0 ? NORMALIZED : RECTIFIED_NORMALIZED;
}

/* Does `call` with what `norm` says as the constant `before`, the name of its variable. */
#define CASE_BEFORE(before, which, call)                                                           \
    case which: {                                                                                  \
        const enum before before = which;                                                          \
        call;                                                                                      \
        break;                                                                                     \
    }
#define BY_BEFORE(before, norm, call)                                                              \
    switch (before_of(norm)) {                                                                     \
        CASE_BEFORE(before, PLAIN, call)                                                           \
        CASE_BEFORE(before, NORMALIZED, call)                                                      \
        CASE_BEFORE(before, RECTIFIED_NORMALIZED, call)                                            \
    }

/* Returns x as it is compared; *centred is it less the mean. */
ALWAYS vec prepared(const struct norm_vector *k, vec x, vec *centred, const enum before before)
{
    *centred = before == PLAIN ? x : from_mean(k, x, before == RECTIFIED_NORMALIZED);
    if (before != PLAIN)
        x = fused(*centred, k->scale, k->shift);
    return x;
}

ALWAYS void norm_maxpool_vector(const struct norm_maxpool *w, int c0, const int lanes,
                                const enum before before, const bool keep)
{
    const struct norm_vector k = norm_at(w->norm, c0);

    for (int i = 0; i < w->n; i++) {
        const real *x = w->x + i * w->stride + c0;
        const ptrdiff_t at = (ptrdiff_t)i * w->c + c0;
        vec centred, best = prepared(&k, load_part(x + w->offset[0], lanes), &centred, before);
        mask winner = {0};

        for (int t = 1; t < w->taps; t++) {
            vec from;
            const vec z = prepared(&k, load_part(x + w->offset[t], lanes), &from, before);
            const mask better = ~(best >= z); /* so that NaN wins */

            best = choose(better, z, best);
            if (before != PLAIN && keep)
                centred = choose(better, from, centred);
            winner = (better & ((mask){0} + t)) | (~better & winner);
        }
        winner |= ~(best > k.after); /* CUT is all ones */
        store_part(w->y + at, at_least(k.after, best), lanes);
        if (keep)
            store_lanes(w->winner + at, winner, lanes);
        if (before != PLAIN && keep)
            store_part(w->centred + at, centred, lanes);
    }
}

static void norm_maxpool(const struct norm_maxpool *given)
{
    const struct norm_maxpool w = *given; /* its own, so that no store can change it */

    if (w.winner) {
        PER_LANES(c0, lanes, VLEN, w.c,
                  BY_BEFORE(before, w.norm, norm_maxpool_vector(&w, c0, lanes, before, true)));
    } else {
        PER_LANES(c0, lanes, VLEN, w.c,
                  BY_BEFORE(before, w.norm, norm_maxpool_vector(&w, c0, lanes, before, false)));
    }
}

ALWAYS void norm_maxpool_sums_vector(const real *dy, const lane_int *winner, const real *centred,
                                     ptrdiff_t n, int c, double *sum, double *product,
                                     const int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        vec s = {0}, q = {0};

        for (ptrdiff_t i = begin; i < end; i++) {
            const mask lost = load_lanes(winner + i * c, lanes) == CUT;
            const vec d = choose(lost, (vec){0}, load_part(dy + i * c, lanes));

            s += d;
            q = fused(d, load_part(centred + i * c, lanes), q);
        }
        add_to_doubles(s, sum, lanes);
        add_to_doubles(q, product, lanes);
    }
}

static void norm_maxpool_sums(const real *dy, const lane_int *winner, const real *centred,
                              ptrdiff_t n, int c, double *sum, double *product)
{
    PER_LANES(c0, lanes, VLEN, c,
              norm_maxpool_sums_vector(dy + c0, winner + c0, centred + c0, n, c, sum + c0,
                                       product + c0, lanes));
}

ALWAYS void norm_maxpool_back_vector(const struct norm_maxpool_back *w, int c0, const int lanes,
                                     const enum before before)
{
    const struct norm_vector k = norm_at(w->norm, c0);

    for (int i = 0; i < w->n; i++) {
        const real *x = w->x + i * w->stride + c0;
        real *dx = w->dx + i * w->stride + c0;
        const ptrdiff_t at = (ptrdiff_t)i * w->c + c0;
        const vec gradient = load_part(w->dy + at, lanes);
        const mask winner = load_lanes(w->winner + at, lanes);

        for (int t = 0; t < w->taps; t++) {
            vec result = choose(winner == t, gradient, (vec){0});

            if (before != PLAIN)
                result = norm_gradient(&k, result, load_part(x + w->offset[t], lanes),
                                       before == RECTIFIED_NORMALIZED);
            store_part(dx + w->offset_dx[t], result, lanes);
        }
    }
}

static void norm_maxpool_back(const struct norm_maxpool_back *given)
{
    const struct norm_maxpool_back w = *given;

    PER_LANES(c0, lanes, VLEN, w.c,
              BY_BEFORE(before, w.norm, norm_maxpool_back_vector(&w, c0, lanes, before)));
}

#endif
