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

ALWAYS void pixel_block(const uint8_t *from, const struct nn_input *input, real *to, int n)
{
    const struct nn_input in = *input;
    const float per_divisor = 1 / in.divisor, per_std = 1 / in.std;

    for (int i = 0; i < n; i++)
        to[i] =
            quotient(quotient((float)from[i], in.divisor, per_divisor) - in.mean, in.std, per_std);
}

/* Scales blocks of pixels; the last block reaches back into the one before it. */
static void pixels(const uint8_t *restrict from, ptrdiff_t n, const struct nn_input *input,
                   real *restrict to)
{
    for (ptrdiff_t i = 0; i + LANES <= n; i += LANES)
        pixel_block(from + i, input, to + i, LANES);
    if (n >= LANES)
        pixel_block(from + n - LANES, input, to + n - LANES, LANES);
    else
        pixel_block(from, input, to, (int)n);
}

#endif
