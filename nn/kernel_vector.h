/* Part of kernels.c: vectors of the table's width. */
#ifndef NN_KERNEL_VECTOR_H
#define NN_KERNEL_VECTOR_H

#include "kernels.h"

#include <string.h>

typedef real vec __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

typedef lane_int mask
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(lane_int)), may_alias));

enum {
    VLEN = VECTOR_BYTES / sizeof(real),
    VECS = LANES / VLEN, /* vectors in a panel */
    /* Rows of a tile: its accumulators, a panel's row of weights and a broadcast fit the registers
     * (32 of 64 bytes; 16 of fewer). */
    ROWS = (VECTOR_BYTES == 64 ? 28 : 12) / VECS > 14 ? 14 : (VECTOR_BYTES == 64 ? 28 : 12) / VECS
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

/* Lanes v0..v0+VLEN-1 of a panel, those below `lanes`. */
ALWAYS void store_part(void *to, const void *vector, size_t size, int lanes)
{
    memcpy(to, vector, (size_t)(lanes < VLEN ? lanes : VLEN) * size);
}

#endif
