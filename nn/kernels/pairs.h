/* Part of kernels.c: pairs of bfloat16 numbers, made of numbers that are rounded to nearest even.
 * What VCVTNE2PS2BF16 of AVX-512 does (Intel's manual) all tables do: denormals become zero, NaNs
 * quiet ones. */
#ifndef NN_KERNEL_PAIRS_H
#define NN_KERNEL_PAIRS_H

#include "vector.h"

#ifndef NN_DOUBLE
/* Returns x rounded to bfloat16 in the upper half of each lane; what is below is of no value. */
ALWAYS words rounded(vec x)
{
    const words word = (words)x, up = word + 0x7fff + (word >> 16 & 1);
    const words nan = (words)((word & INT32_MAX) > 0x7f800000);
    const words tiny = (words)((word & 0x7f800000) == 0);

    return (nan & (word | 0x400000)) | (tiny & word & 0x80000000) | (~(nan | tiny) & up);
}

/* Returns the pairs (low[0], low[1]), ..., (high[VLEN - 2], high[VLEN - 1]). */
ALWAYS vec neighbours(vec low, vec high)
{
#if VECTOR_BYTES == 64 && defined __AVX512BF16__
    return (vec)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
#else
    const words a = rounded(low), b = rounded(high);
#if VECTOR_BYTES == 64
    const __m256i first = _mm512_cvtepi32_epi16((__m512i)(a >> 16));
    const __m256i second = _mm512_cvtepi32_epi16((__m512i)(b >> 16));

    return (vec)_mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
#elif VECTOR_BYTES == 32
    /* Packed in each half of the vectors by itself. */
    const __m256i packed = _mm256_packus_epi32((__m256i)(a >> 16), (__m256i)(b >> 16));

    return (vec)_mm256_permute4x64_epi64(packed, 0xd8);
#elif defined __aarch64__
    return (vec)vuzp2q_u16((uint16x8_t)a, (uint16x8_t)b);
#else
    return (vec)(words){
        a[0] >> 16 | (a[1] & UINT32_MAX << 16), a[2] >> 16 | (a[3] & UINT32_MAX << 16),
        b[0] >> 16 | (b[1] & UINT32_MAX << 16), b[2] >> 16 | (b[3] & UINT32_MAX << 16)};
#endif
#endif
}

/* Returns the pairs (even[i], odd[i]). */
ALWAYS vec paired(vec even, vec odd)
{
#if VECTOR_BYTES == 64 && defined __AVX512BF16__
    static const uint16_t order[] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                     8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};

    return (vec)_mm512_permutexvar_epi16(_mm512_loadu_si512(order), (__m512i)neighbours(even, odd));
#else
    return (vec)(rounded(even) >> 16 | (rounded(odd) & UINT32_MAX << 16));
#endif
}

static void pair_neighbours(const real *x, ptrdiff_t pairs, real *to)
{
    ptrdiff_t i = 0;

    for (; i + VLEN <= pairs; i += VLEN)
        *(vec *)(to + i) = neighbours(load(x + 2 * i), load(x + 2 * i + VLEN));
    if (i < pairs) {
        const int left = 2 * (int)(pairs - i);
        const vec low = load_part(x + 2 * i, left);
        const vec high = left > VLEN ? load_part(x + 2 * i + VLEN, left - VLEN) : low;

        store_part(to + i, neighbours(low, high), left / 2);
    }
}

static void pair_rows(const real *even, const real *odd, ptrdiff_t n, real *to)
{
    ptrdiff_t i = 0;

    for (; i + VLEN <= n; i += VLEN)
        *(vec *)(to + i) = paired(load(even + i), odd ? load(odd + i) : (vec){0});
    if (i < n) {
        const int left = (int)(n - i);
        const vec last = odd ? load_part(odd + i, left) : (vec){0};

        store_part(to + i, paired(load_part(even + i, left), last), left);
    }
}
#endif

#endif
