/* Part of kernels.c: the largest of windows, of numbers as they are or normalized. */
#ifndef NN_KERNEL_LARGEST_H
#define NN_KERNEL_LARGEST_H

#include "kernel_channel.h"

/* What is done to the numbers before they are compared: a constant at each call. */
enum before { PLAIN, NORMALIZED, RECTIFIED_NORMALIZED };

static enum before before_of(const struct norm *norm)
{
    return !norm->mean ? PLAIN : norm->before < 0 ? NORMALIZED : RECTIFIED_NORMALIZED;
}

#define EACH_BEFORE(norm, CALL)                                                                    \
    switch (before_of(norm)) {                                                                     \
    case PLAIN:                                                                                    \
        CALL(PLAIN);                                                                               \
        break;                                                                                     \
    case NORMALIZED:                                                                               \
        CALL(NORMALIZED);                                                                          \
        break;                                                                                     \
    case RECTIFIED_NORMALIZED:                                                                     \
        CALL(RECTIFIED_NORMALIZED);                                                                \
        break;                                                                                     \
    }

/* x as it is compared; tells it less the mean. */
ALWAYS vec prepared(const struct norm_vector *k, vec x, vec *centred, const enum before before)
{
    *centred = before == PLAIN ? x : from_mean(k, x, before == RECTIFIED_NORMALIZED);
    if (before != PLAIN)
        x = *centred * k->scale + k->shift;
    return x;
}

ALWAYS void largest_vector(const struct largest *w, const struct norm_vector *k, int c0,
                           const int lanes, const enum before before, const bool keep)
{
    for (int i = 0; i < w->n; i++) {
        const real *x = w->x + i * w->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * w->c + c0;
        vec centred, best = prepared(k, load_part(x + w->offset[0], lanes), &centred, before);
        mask winner = {0};

        for (int t = 1; t < w->taps; t++) {
            vec from;
            const vec z = prepared(k, load_part(x + w->offset[t], lanes), &from, before);
            const mask better = ~(best >= z); /* so that NaN wins */

            best = choose(better, z, best);
            if (before != PLAIN && keep)
                centred = choose(better, from, centred);
            winner = (better & ((mask){0} + t)) | (~better & winner);
        }
        winner |= ~(best > k->after); /* CUT is all ones */
        best = at_least(k->after, best);
        store_part(w->y + at, &best, sizeof(real), lanes);
        if (keep)
            store_part(w->winner + at, &winner, sizeof(lane_int), lanes);
        if (before != PLAIN && keep)
            store_part(w->centred + at, &centred, sizeof(real), lanes);
    }
}

static void largest(const struct largest *given)
{
    const struct largest w = *given; /* its own, so that no store can change it */

#define CALL(before) largest_vector(&w, &k, c0, width, before, keep)
#define BODY(lanes)                                                                                \
    {                                                                                              \
        const struct norm_vector k = norm_at(w.norm, c0);                                          \
        const int width = lanes;                                                                   \
                                                                                                   \
        if (w.winner) {                                                                            \
            const bool keep = true;                                                                \
            EACH_BEFORE(w.norm, CALL)                                                              \
        } else {                                                                                   \
            const bool keep = false;                                                               \
            EACH_BEFORE(w.norm, CALL)                                                              \
        }                                                                                          \
    }
    PER_VECTOR(w.c, BODY)
#undef BODY
#undef CALL
}

ALWAYS void largest_sums_vector(const real *dy, const lane_int *winner, const real *centred,
                                ptrdiff_t n, int c, double *sum, double *product, const int lanes)
{
    for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
        const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
        vec s = {0}, q = {0};

        for (ptrdiff_t i = begin; i < end; i++) {
            const mask lost = load_lanes(winner + i * c, lanes) == CUT;
            const vec d = choose(lost, (vec){0}, load_part(dy + i * c, lanes));

            s += d;
            q += d * load_part(centred + i * c, lanes);
        }
        add_to_doubles(s, sum, lanes);
        add_to_doubles(q, product, lanes);
    }
}

static void largest_sums(const real *dy, const lane_int *winner, const real *centred, ptrdiff_t n,
                         int c, double *sum, double *product)
{
#define BODY(lanes)                                                                                \
    largest_sums_vector(dy + c0, winner + c0, centred + c0, n, c, sum + c0, product + c0, lanes);
    PER_VECTOR(c, BODY)
#undef BODY
}

ALWAYS void largest_back_vector(const struct largest_back *w, const struct norm_vector *k, int c0,
                                const int lanes, const enum before before)
{
    for (int i = 0; i < w->n; i++) {
        const real *x = w->x + i * w->step + c0;
        real *dx = w->dx + i * w->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * w->c + c0;
        const vec gradient = load_part(w->dy + at, lanes);
        const mask winner = load_lanes(w->winner + at, lanes);

        for (int t = 0; t < w->taps; t++) {
            vec result = choose(winner == t, gradient, (vec){0});

            if (before != PLAIN)
                result = norm_gradient(k, result, load_part(x + w->offset[t], lanes),
                                       before == RECTIFIED_NORMALIZED);
            store_part(dx + w->offset_dx[t], &result, sizeof(real), lanes);
        }
    }
}

static void largest_back(const struct largest_back *given)
{
    const struct largest_back w = *given;

#define CALL(before) largest_back_vector(&w, &k, c0, width, before)
#define BODY(lanes)                                                                                \
    {                                                                                              \
        const struct norm_vector k = norm_at(w.norm, c0);                                          \
        const int width = lanes;                                                                   \
                                                                                                   \
        EACH_BEFORE(w.norm, CALL)                                                                  \
    }
    PER_VECTOR(w.c, BODY)
#undef BODY
#undef CALL
}

#endif
