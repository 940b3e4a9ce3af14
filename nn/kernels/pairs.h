/* Part of kernels.c: pairs of bfloat16 numbers, made of numbers that are rounded to nearest even.
 * What VCVTNE2PS2BF16 of AVX-512 does (Intel's manual) all tables do: denormals become zero, NaNs
 * quiet ones. */
#ifndef NN_KERNEL_PAIRS_H
#define NN_KERNEL_PAIRS_H

#include "vector.h"

#ifndef NN_DOUBLE
#if VECTOR_BYTES == 64 && defined __AVX512BF16__
#define TWO_AT_ONCE 1
#else
#define TWO_AT_ONCE 0
#endif

#if TWO_AT_ONCE
/* Returns the pairs (low[0], low[1]), ..., (high[14], high[15]). */
ALWAYS vec neighbours(vec low, vec high)
{
    return (vec)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

/* Returns the pairs (even[i], odd[i]). */
ALWAYS vec paired(vec even, vec odd)
{
    static const uint16_t order[] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                     8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};

    return (vec)_mm512_permutexvar_epi16(_mm512_loadu_si512(order), (__m512i)neighbours(even, odd));
}
#else
/* Returns x rounded to bfloat16 in the upper half; what is below is of no value. */
ALWAYS uint32_t rounded(const real *x)
{
    uint32_t word;

    memcpy(&word, x, sizeof word);
    if ((word & 0x7f800000) == 0)
        return word & 0x80000000;
    return (word & INT32_MAX) > 0x7f800000 ? word | 0x400000 /* a quiet NaN */
                                           : word + 0x7fff + (word >> 16 & 1);
}

ALWAYS void store_pair(real *to, uint32_t even, uint32_t odd)
{
    const uint32_t pair = even >> 16 | (odd & UINT32_MAX << 16);

    memcpy(to, &pair, sizeof pair);
}

/* Does in vectors what rounded() does. */
ALWAYS words all_rounded(vec x)
{
    const words word = (words)x, up = word + 0x7fff + (word >> 16 & 1);
    const words nan = (words)((word & INT32_MAX) > 0x7f800000);
    const words tiny = (words)((word & 0x7f800000) == 0);

    return (nan & (word | 0x400000)) | (tiny & word & 0x80000000) | (~(nan | tiny) & up);
}

ALWAYS vec paired(vec even, vec odd)
{
    return (vec)(all_rounded(even) >> 16 | (all_rounded(odd) & UINT32_MAX << 16));
}
#endif

static void pair_neighbours(const real *x, ptrdiff_t pairs, real *to)
{
    ptrdiff_t i = 0;

#if TWO_AT_ONCE
    for (; i + VLEN <= pairs; i += VLEN)
        *(vec *)(to + i) = neighbours(load(x + 2 * i), load(x + 2 * i + VLEN));
    if (i < pairs) {
        const int left = 2 * (int)(pairs - i);
        const vec low = load_part(x + 2 * i, left);

        store_part(to + i,
                   neighbours(low, left > VLEN ? load_part(x + 2 * i + VLEN, left - VLEN) : low),
                   left / 2);
    }
#else
    for (; i < pairs; i++)
        store_pair(to + i, rounded(x + 2 * i), rounded(x + 2 * i + 1));
#endif
}

/* Stores the pairs of neighbours in one vector or in `both`. */
ALWAYS void store_neighbours(real *to, vec low, vec high, bool both)
{
#if TWO_AT_ONCE
    store_part(to, neighbours(low, high), both ? VLEN : VLEN / 2);
#else
    real x[2 * VLEN];

    *(vec *)x = low;
    *(vec *)(x + VLEN) = high;
    pair_neighbours(x, both ? VLEN : VLEN / 2, to);
#endif
}

static void pair_rows(const real *even, const real *odd, ptrdiff_t n, real *to)
{
    ptrdiff_t i = 0;

    for (; i + VLEN <= n; i += VLEN)
        *(vec *)(to + i) = paired(load(even + i), odd ? load(odd + i) : (vec){0});
    if (i < n) {
        const int left = (int)(n - i);

        store_part(to + i,
                   paired(load_part(even + i, left), odd ? load_part(odd + i, left) : (vec){0}),
                   left);
    }
}
#endif

#endif
