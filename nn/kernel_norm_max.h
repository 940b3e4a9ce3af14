/* Part of kernels.c: normalization, rectifier and the largest of windows in one. */
#ifndef NN_KERNEL_NORM_MAX_H
#define NN_KERNEL_NORM_MAX_H

#include "kernel_channel.h"

ALWAYS void norm_max_vector(const struct norm_max *k, int c0, const int lanes, const bool keep)
{
    const vec mean = load(k->mean + c0), scale = load(k->scale + c0), shift = load(k->shift + c0);
    const vec floor = (vec){0} + k->floor;

    for (int i = 0; i < k->n; i++) {
        const real *x = k->x + i * k->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * k->c + c0;
        vec centred = load(x + k->offset[0]) - mean, best = centred * scale + shift;
        mask winner = {0};

        for (int t = 1; t < k->taps; t++) {
            const vec from_mean = load(x + k->offset[t]) - mean, z = from_mean * scale + shift;
            const mask better = ~(best >= z); /* so that NaN wins */

            best = choose(better, z, best);
            centred = choose(better, from_mean, centred);
            winner = (better & ((mask){0} + t)) | (~better & winner);
        }
        winner |= ~(best > floor); /* CUT is all ones */
        best = choose(floor > best, floor, best);
        store_part(k->y + at, &best, sizeof(real), lanes);
        if (keep) {
            store_part(k->winner + at, &winner, sizeof(lane_int), lanes);
            store_part(k->centred + at, &centred, sizeof(real), lanes);
        }
    }
}

/* Calls for each vector of channels, whole ones with a constant number of lanes. */
#define PER_VECTOR(c, BODY)                                                                        \
    for (int c0 = 0; c0 < (c); c0 += VLEN) {                                                       \
        if ((c)-c0 >= VLEN)                                                                        \
            BODY(VLEN)                                                                             \
        else                                                                                       \
            BODY((c)-c0)                                                                           \
    }

static void norm_max(const struct norm_max *k)
{
    if (k->winner) {
#define BODY(lanes) norm_max_vector(k, c0, lanes, true);
        PER_VECTOR(k->c, BODY)
#undef BODY
    } else {
#define BODY(lanes) norm_max_vector(k, c0, lanes, false);
        PER_VECTOR(k->c, BODY)
#undef BODY
    }
}

static void norm_max_sums(const real *dy, const lane_int *winner, const real *centred, ptrdiff_t n,
                          int c, double *sum, double *product)
{
    for (int c0 = 0; c0 < c; c0 += VLEN)
        for (ptrdiff_t begin = 0; begin < n; begin += CHUNK) {
            const ptrdiff_t end = begin + CHUNK < n ? begin + CHUNK : n;
            vec s = {0}, q = {0};

            for (ptrdiff_t i = begin; i < end; i++) {
                const ptrdiff_t at = i * c + c0;
                const mask lost = *(const mask *)(winner + at) == CUT;
                const vec d = choose(lost, (vec){0}, load(dy + at));

                s += d;
                q += d * load(centred + at);
            }
            for (int l = 0; l < VLEN && c0 + l < c; l++) {
                sum[c0 + l] += (double)s[l];
                product[c0 + l] += (double)q[l];
            }
        }
}

ALWAYS void norm_max_back_vector(const struct norm_max_back *k, int c0, const int lanes)
{
    const vec mean = load(k->mean + c0), shift = load(k->shift + c0);
    const vec a = load(k->a + c0), b = load(k->b + c0);

    for (int i = 0; i < k->n; i++) {
        const real *x = k->x + i * k->step + c0;
        real *dx = k->dx + i * k->step + c0;
        const ptrdiff_t at = (ptrdiff_t)i * k->c + c0;
        const vec gradient = load(k->dy + at);
        const mask winner = *(const mask *)(k->winner + at);

        for (int t = 0; t < k->taps; t++) {
            const vec rest = b * (load(x + k->offset[t]) - mean) + shift;
            const vec here = choose(winner == t, gradient, (vec){0});
            const vec result = a * here + rest;

            store_part(dx + k->offset_dx[t], &result, sizeof(real), lanes);
        }
    }
}

static void norm_max_back(const struct norm_max_back *k)
{
#define BODY(lanes) norm_max_back_vector(k, c0, lanes);
    PER_VECTOR(k->c, BODY)
#undef BODY
}

#endif
