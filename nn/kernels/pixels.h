/* Part of kernels.c: bytes to numbers. */
#ifndef NN_KERNEL_PIXELS_H
#define NN_KERNEL_PIXELS_H

#include "vector.h"

/* Returns a / b, by the rounded 1 / b where multiply-adds are fused: the remainder of the first
 * estimate is exact then, and the corrected one is the rounded quotient (Markstein, "Computation of
 * elementary functions on the IBM RISC System/6000 processor", 1990). */
ALWAYS float quotient(float a, float b, float reciprocal)
{
#if defined __FMA__ || defined __aarch64__
    const float estimate = a * reciprocal, rest = fused_float(-b, estimate, a);

    return fused_float(rest, reciprocal, estimate);
#else
    (void)reciprocal;
    return a / b;
#endif
}

/* Scales n pixels. `plainly`, a constant at each call: mean 0 and standard deviation 1 leave the
 * quotient as it is. */
ALWAYS void pixel_part(const uint8_t *from, const struct nn_input *input, real *to, int n,
                       const bool plainly)
{
    const struct nn_input in = *input;
    const float per_divisor = 1 / in.divisor, per_std = 1 / in.std;

    for (int i = 0; i < n; i++) {
        const float share = quotient((float)from[i], in.divisor, per_divisor);

        to[i] = plainly ? share : quotient(share - in.mean, in.std, per_std);
    }
}

#if VECTOR_BYTES >= 32 && !defined NN_DOUBLE
ALWAYS vec widened(const uint8_t *from)
{
#if VECTOR_BYTES == 64
    return (vec)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)from)));
#else
    return (vec)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)from)));
#endif
}

ALWAYS vec quotients(vec a, float b, float reciprocal)
{
    const vec estimate = a * all(reciprocal), rest = fused(-all(b), estimate, a);

    return fused(rest, all(reciprocal), estimate);
}

/* Scales LANES pixels; compilers would widen bytes to half a vector at a time. */
ALWAYS void pixel_block(const uint8_t *from, const struct nn_input *input, real *to,
                        const bool plainly)
{
    const struct nn_input in = *input;

    for (int i = 0; i < LANES; i += VLEN) {
        const vec share = quotients(widened(from + i), in.divisor, 1 / in.divisor);

        *(vec *)(to + i) = plainly ? share : quotients(share - all(in.mean), in.std, 1 / in.std);
    }
}
#else
ALWAYS void pixel_block(const uint8_t *from, const struct nn_input *input, real *to,
                        const bool plainly)
{
    pixel_part(from, input, to, LANES, plainly);
}
#endif

/* Scales blocks of pixels; the last block reaches back into the one before it. */
ALWAYS void pixel_blocks(const uint8_t *restrict from, ptrdiff_t n, const struct nn_input *input,
                         real *restrict to, const bool plainly)
{
    for (ptrdiff_t i = 0; i + LANES <= n; i += LANES)
        pixel_block(from + i, input, to + i, plainly);
    if (n >= LANES)
        pixel_block(from + n - LANES, input, to + n - LANES, plainly);
    else
        pixel_part(from, input, to, (int)n, plainly);
}

static void pixels(const uint8_t *restrict from, ptrdiff_t n, const struct nn_input *input,
                   real *restrict to)
{
    if (input->mean == 0 && input->std == 1)
        pixel_blocks(from, n, input, to, true);
    else
        pixel_blocks(from, n, input, to, false);
}

#endif
