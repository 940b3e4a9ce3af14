/* Part of kernels.c: vectors of the table's width. */
#ifndef NN_KERNEL_VECTOR_H
#define NN_KERNEL_VECTOR_H

#include "kernels.h"

#include <string.h>

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
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

ALWAYS vec load(const real *x)
{
    return *(const vec *)x;
}

/* Lane by lane yes where the mask is all ones, no where it is zero. */
ALWAYS vec choose(mask where, vec yes, vec no)
{
    return (vec)((where & (mask)yes) | (~where & (mask)no));
}

/* Hides from the compiler what x is, so that nothing is computed from it ahead and kept. */
#define KEEP_IN_REGISTER(x) __asm__("" : "+r"(x))

/* Lanes v0..v0+VLEN-1 of a panel, those below `lanes`. */
ALWAYS void store_part(void *to, const void *vector, size_t size, int lanes)
{
    memcpy(to, vector, (size_t)(lanes < VLEN ? lanes : VLEN) * size);
}

#endif
