/* Part of kernels.c: rectifiers, sums and dropout. */
#ifndef NN_KERNEL_ELEMENTWISE_H
#define NN_KERNEL_ELEMENTWISE_H

#include "nn/base/philox.h"
#include "vector.h"

/* ---- Elementwise ---- */

/* Rectifies; the order of operands lets NaN through, as PyTorch does: a lost weight has to show in
 * the loss. */
static void relu(const real *x, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = 0 > x[i] ? 0 : x[i];
}

static void add(const real *a, const real *b, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void add_relu(const real *a, const real *b, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const real sum = a[i] + b[i];

        y[i] = 0 > sum ? 0 : sum;
    }
}

static void relu_back(const real *dy, const real *y, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : 0;
}

static void leaky_relu(const real *x, real slope, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static void leaky_relu_back(const real *dy, const real *y, real slope, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

/* ---- Dropout ---- */

/* Words of Philox's state, of WIDE indices each: in the lower halves, the upper ones are of no
 * meaning. */
enum { WORDS = 4 };

ALWAYS void philox_rounds(wide state[WORDS], uint64_t seed)
{
    const wide zero = {0}, multiplier0 = zero + PHILOX_MULTIPLIER_0;
    const wide multiplier1 = zero + PHILOX_MULTIPLIER_1;
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        const wide p0 = multiply_lower(state[0], multiplier0);
        const wide p1 = multiply_lower(state[2], multiplier1);

        state[0] = p1 >> 32 ^ state[1] ^ (zero + key0);
        state[1] = p1;
        state[2] = p0 >> 32 ^ state[3] ^ (zero + key1);
        state[3] = p0;
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
    }
}

/* Draws as nn_random_bits() does, for WIDE indices from `first` on, one after another. */
ALWAYS void random_block(const struct nn_random *random, uint64_t first, uint32_t *bits)
{
    wide index, state[WORDS], pair[2];
    uint64_t in_order[WIDE][2];

    for (int i = 0; i < WIDE; i++)
        index[i] = first + (uint64_t)i;
    state[0] = index;
    state[1] = index >> 32;
    state[2] = (wide){0} + random->epoch;
    state[3] = (wide){0} + random->purpose;
    philox_rounds(state, random->seed);
    for (int i = 0; i < 2; i++)
        pair[i] = (state[2 * i] & UINT32_MAX) | state[2 * i + 1] << 32;
    for (int i = 0; i < WIDE; i++) {
        in_order[i][0] = pair[0][i];
        in_order[i][1] = pair[1][i];
    }
    memcpy(bits, in_order, sizeof in_order);
}

/* Drops out of n numbers, at most as many as there are bits. */
ALWAYS void dropout_block(const uint32_t *bits, uint32_t threshold, real scale, const real *x,
                          ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = bits[i] < threshold ? 0 : x[i] * scale;
}

static void dropout(const struct nn_random *random, uint64_t first, uint32_t threshold, real scale,
                    const real *x, ptrdiff_t n, real *y)
{
    enum { BLOCKS = 2, BLOCK = WORDS * WIDE, ALL = BLOCKS * BLOCK }; /* two hide the latency */
    uint32_t bits[ALL];

    for (ptrdiff_t begin = 0; begin < n; begin += ALL, first += BLOCKS * WIDE) {
        UNROLL
        for (int b = 0; b < BLOCKS; b++)
            random_block(random, first + (uint64_t)(b * WIDE), bits + b * BLOCK);
        if (n - begin >= ALL)
            dropout_block(bits, threshold, scale, x + begin, ALL, y + begin);
        else
            dropout_block(bits, threshold, scale, x + begin, n - begin, y + begin);
    }
}

#endif
