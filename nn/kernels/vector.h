/* Part of kernels.c: vectors of the table's width. */
#ifndef NN_KERNEL_VECTOR_H
#define NN_KERNEL_VECTOR_H

#include "kernels.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#elif defined __aarch64__
#include <arm_neon.h>
#endif

#if VECTOR_BYTES == 64 || defined __aarch64__
enum { REGISTERS = 32 };
#else
enum { REGISTERS = 16 };
#endif

typedef real vec __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

#if VECTOR_BYTES == 64 && !defined NN_DOUBLE
typedef real half __attribute__((vector_size(VECTOR_BYTES / 2), aligned(sizeof(real)), may_alias));
#endif
typedef lane_int mask
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(lane_int)), may_alias));

enum {
    VLEN = VECTOR_BYTES / sizeof(real),
    VECS = LANES / VLEN, /* vectors in a panel */
    /* A tile's accumulators, with a row of weights and a broadcast number, fit the registers. */
    ACCUMULATORS = REGISTERS == 32 ? 28 : 12,
    MAX_ROWS = 14
};

#define ALWAYS static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* Does `call` for every `width` channels, from c0 on: `lanes` of them, a constant but at the end,
 * so that loops over them become vectors. c0 and lanes are the names of its variables. */
#define PER_LANES(c0, lanes, width, channels, call)                                                \
    for (int c0 = 0; c0 < (channels); c0 += (width)) {                                             \
        if ((channels)-c0 >= (width)) {                                                            \
            const int lanes = (width);                                                             \
            call;                                                                                  \
        } else {                                                                                   \
            const int lanes = (channels)-c0;                                                       \
            call;                                                                                  \
        }                                                                                          \
    }

ALWAYS vec load(const real *x)
{
    return *(const vec *)x;
}

/* Returns x in every lane; less zero even -0 stays what it is. */
ALWAYS vec all(real x)
{
    return x - (vec){0};
}

/* ---- Multiply-adds ---- */

/* a * b + c, rounded once. All that is fused is written so: compilers differ in what they contract
 * of other expressions, and are told not to (-ffp-contract=off). x86 without FMA rounds twice. */
#if defined __FMA__ || defined __aarch64__
#define FUSED(type, instruction) return (type)instruction
#else
#define FUSED(type, instruction) return a * b + c
#endif

ALWAYS float fused_float(float a, float b, float c)
{
    FUSED(float, __builtin_fmaf(a, b, c));
}

ALWAYS real fused_real(real a, real b, real c)
{
#ifdef NN_DOUBLE
    FUSED(real, __builtin_fma(a, b, c));
#else
    return fused_float(a, b, c);
#endif
}

ALWAYS vec fused(vec a, vec b, vec c)
{
#if defined __aarch64__ && defined NN_DOUBLE
    FUSED(vec, vfmaq_f64(c, a, b));
#elif defined __aarch64__
    FUSED(vec, vfmaq_f32(c, a, b));
#elif VECTOR_BYTES == 64 && defined NN_DOUBLE
    FUSED(vec, _mm512_fmadd_pd(a, b, c));
#elif VECTOR_BYTES == 64
    FUSED(vec, _mm512_fmadd_ps(a, b, c));
#elif VECTOR_BYTES == 32 && defined NN_DOUBLE
    FUSED(vec, _mm256_fmadd_pd(a, b, c));
#elif VECTOR_BYTES == 32
    FUSED(vec, _mm256_fmadd_ps(a, b, c));
#elif defined NN_DOUBLE
    FUSED(vec, _mm_fmadd_pd(a, b, c));
#else
    FUSED(vec, _mm_fmadd_ps(a, b, c));
#endif
}

#if VECTOR_BYTES == 64 && !defined NN_DOUBLE
ALWAYS half half_of_all(real x)
{
    return x - (half){0};
}

ALWAYS half fused_half(half a, half b, half c)
{
    FUSED(half, _mm256_fmadd_ps(a, b, c));
}
#endif

/* ---- Pairs of bfloat16 numbers, the even one in the lower half of a lane ---- */

#ifndef NN_DOUBLE
typedef uint32_t words __attribute__((vector_size(VECTOR_BYTES)));

/* Returns the pair at x in every lane. */
ALWAYS vec all_pairs(const real *x)
{
    uint32_t pair;

    memcpy(&pair, x, sizeof pair);
    return (vec)(pair - (words){0});
}

/* Adds the products of both numbers, first the odd one's, each sum rounded once: that is what the
 * instruction VDPBF16PS of AVX-512 does (Intel's manual; denormals are zero). The products are
 * exact. */
ALWAYS vec fused_pairs(vec a, vec b, vec c)
{
#if VECTOR_BYTES == 64 && defined __AVX512BF16__
    return (vec)_mm512_dpbf16_ps((__m512)c, (__m512bh)a, (__m512bh)b);
#else
    const words odd = UINT32_MAX << 16 | (words){0};

    c = fused((vec)((words)a & odd), (vec)((words)b & odd), c);
    return fused((vec)((words)a << 16), (vec)((words)b << 16), c);
#endif
}

#if VECTOR_BYTES == 64
typedef uint32_t half_words __attribute__((vector_size(VECTOR_BYTES / 2)));

ALWAYS half all_half_pairs(const real *x)
{
    uint32_t pair;

    memcpy(&pair, x, sizeof pair);
    return (half)(pair - (half_words){0});
}

ALWAYS half fused_half_pairs(half a, half b, half c)
{
#ifdef __AVX512BF16__
    return (half)_mm256_dpbf16_ps((__m256)c, (__m256bh)a, (__m256bh)b);
#else
    const half_words odd = UINT32_MAX << 16 | (half_words){0};

    c = fused_half((half)((half_words)a & odd), (half)((half_words)b & odd), c);
    return fused_half((half)((half_words)a << 16), (half)((half_words)b << 16), c);
#endif
}
#endif
#endif

/* ---- 64-bit words ---- */

typedef uint64_t wide __attribute__((vector_size(VECTOR_BYTES)));
enum { WIDE = VECTOR_BYTES / sizeof(uint64_t) };

/* Products of the lower halves; of whole words compilers make three multiplications. */
ALWAYS wide multiply_lower(wide a, wide b)
{
#if VECTOR_BYTES == 64
    return (wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif VECTOR_BYTES == 32
    return (wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined __SSE2__
    return (wide)_mm_mul_epu32((__m128i)a, (__m128i)b);
#elif defined __aarch64__
    return (wide)vmull_u32(vmovn_u64((uint64x2_t)a), vmovn_u64((uint64x2_t)b));
#else
    return (a & UINT32_MAX) * (b & UINT32_MAX);
#endif
}

/* ---- Lanes ---- */

/* Returns yes in each lane where the mask is all ones, no where it is zero. */
ALWAYS vec choose(mask where, vec yes, vec no)
{
    return (vec)((where & (mask)yes) | (~where & (mask)no));
}

/* Hides from the compiler what x is, so that nothing is computed from it ahead and kept. */
#define KEEP_IN_REGISTER(x) __asm__("" : "+r"(x))

/* Loads the first `lanes` numbers of a vector, or all; zeros after them, where nothing is read. */
ALWAYS vec load_part(const real *x, const int lanes)
{
    vec v = {0};

    if (lanes >= VLEN)
        return load(x);
#if VECTOR_BYTES == 64 && defined NN_DOUBLE
    v = (vec)_mm512_maskz_loadu_pd((__mmask8)((1 << lanes) - 1), x);
#elif VECTOR_BYTES == 64
    v = (vec)_mm512_maskz_loadu_ps((__mmask16)((1 << lanes) - 1), x);
#elif VECTOR_BYTES == 32 && defined NN_DOUBLE
    v = (vec)_mm256_maskload_pd(x, (__m256i)((mask){0, 1, 2, 3} < lanes));
#elif VECTOR_BYTES == 32
    v = (vec)_mm256_maskload_ps(x, (__m256i)((mask){0, 1, 2, 3, 4, 5, 6, 7} < lanes));
#else
    memcpy(&v, x, (size_t)lanes * sizeof *x);
#endif
    return v;
}

ALWAYS mask load_lanes(const lane_int *x, const int lanes)
{
    return (mask)load_part((const real *)x, lanes);
}

/* Stores the first `lanes` of a vector, or all; where there are no masks at next to no cost, in
 * pieces of constant size. */
ALWAYS void store_part(real *to, vec v, const int lanes)
{
    if (lanes >= VLEN) {
        *(vec *)to = v;
        return;
    }
#if VECTOR_BYTES == 64 && defined NN_DOUBLE
    _mm512_mask_storeu_pd(to, (__mmask8)((1 << lanes) - 1), (__m512d)v);
#elif VECTOR_BYTES == 64
    _mm512_mask_storeu_ps(to, (__mmask16)((1 << lanes) - 1), (__m512)v);
#else
    const real *from = (const real *)&v;

    UNROLL
    for (int piece = VLEN / 2; piece > 0; piece /= 2)
        if (lanes & piece) {
            memcpy(to, from, (size_t)piece * sizeof *to);
            to += piece;
            from += piece;
        }
#endif
}

ALWAYS void store_lanes(lane_int *to, mask m, const int lanes)
{
    store_part((real *)to, (vec)m, lanes);
}

#endif
