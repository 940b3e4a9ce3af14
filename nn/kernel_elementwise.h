/* Part of kernels.c: rectifiers and dropout. */
#ifndef NN_KERNEL_ELEMENTWISE_H
#define NN_KERNEL_ELEMENTWISE_H

#include "kernel_vector.h"
#include "philox.h"

/* ---- Elementwise ---- */

/* The order of operands lets NaN through, as PyTorch does: a lost weight has to show in the loss.
 */
static void relu(const real *x, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = 0 > x[i] ? 0 : x[i];
}

static void relu_back(const real *dy, const real *y, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : 0;
}

static void leaky(const real *x, real slope, ptrdiff_t n, real *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static void leaky_back(const real *dy, const real *y, real slope, ptrdiff_t n, real *dx)
{
    for (ptrdiff_t i = 0; i < n; i++)
        dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

/* ---- Dropout ---- */

/* As nn_random_bits(), for LANES indices side by side: bits[word][index]. */
static void random_block(const struct nn_random *random, uint64_t first, uint32_t bits[4][LANES])
{
    uint32_t key0 = (uint32_t)random->seed, key1 = (uint32_t)(random->seed >> 32);
    uint32_t *c0 = bits[0], *c1 = bits[1], *c2 = bits[2], *c3 = bits[3];

    for (int l = 0; l < LANES; l++) {
        c0[l] = (uint32_t)(first + (uint64_t)l);
        c1[l] = (uint32_t)((first + (uint64_t)l) >> 32);
        c2[l] = random->epoch;
        c3[l] = random->purpose;
    }
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        for (int l = 0; l < LANES; l++) {
            const uint64_t p0 = (uint64_t)PHILOX_MULTIPLIER_0 * c0[l];
            const uint64_t p1 = (uint64_t)PHILOX_MULTIPLIER_1 * c2[l];

            c0[l] = (uint32_t)(p1 >> 32) ^ c1[l] ^ key0;
            c1[l] = (uint32_t)p1;
            c2[l] = (uint32_t)(p0 >> 32) ^ c3[l] ^ key1;
            c3[l] = (uint32_t)p0;
        }
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
    }
}

static void drop(const struct nn_random *random, uint64_t first, uint32_t threshold, real scale,
                 const real *x, ptrdiff_t n, real *y)
{
    uint32_t bits[4][LANES];

    for (ptrdiff_t begin = 0; begin < n; begin += 4 * LANES, first += LANES) {
        const ptrdiff_t count = n - begin < 4 * LANES ? n - begin : 4 * LANES;

        random_block(random, first, bits);
        for (ptrdiff_t i = 0; i < count; i++)
            y[begin + i] = bits[i % 4][i / 4] < threshold ? 0 : x[begin + i] * scale;
    }
}

#endif
