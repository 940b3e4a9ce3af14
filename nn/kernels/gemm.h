/* Part of kernels.c: products of rows with packed panels, and sums of outer products. */
#ifndef NN_KERNEL_PRODUCT_H
#define NN_KERNEL_PRODUCT_H

#include "vector.h"

/* Calls TILE with the number of rows, at most `most`, as a constant, so that the accumulators stay
 * in registers. */
#define TILE_CASE(n, most, CALL)                                                                   \
    case n:                                                                                        \
        if (n <= (most))                                                                           \
            CALL(n);                                                                               \
        break;
#define TILE_OF(rows, most, CALL)                                                                  \
    switch (rows) {                                                                                \
        TILE_CASE(1, most, CALL)                                                                   \
        TILE_CASE(2, most, CALL)                                                                   \
        TILE_CASE(3, most, CALL)                                                                   \
        TILE_CASE(4, most, CALL)                                                                   \
        TILE_CASE(5, most, CALL)                                                                   \
        TILE_CASE(6, most, CALL)                                                                   \
        TILE_CASE(7, most, CALL)                                                                   \
        TILE_CASE(8, most, CALL)                                                                   \
        TILE_CASE(9, most, CALL)                                                                   \
        TILE_CASE(10, most, CALL)                                                                  \
        TILE_CASE(11, most, CALL)                                                                  \
        TILE_CASE(12, most, CALL)                                                                  \
        TILE_CASE(13, most, CALL)                                                                  \
        TILE_CASE(14, most, CALL)                                                                  \
    }

/* Tiles as even as can be: 8 rows by tiles of at most 6 are 4 and 4. */
ALWAYS int tile_rows(int rows, int most)
{
    const int tiles = (rows + most - 1) / most;

    return tiles > 1 ? (rows + tiles - 1) / tiles : rows;
}

/* r strides, given the odd multiples 1, 3, 5, ... of one: r is such a multiple times a power of 2,
 * which x86 has in its addresses, so that few registers hold the places of many rows. */
ALWAYS ptrdiff_t row_offset(const ptrdiff_t *odd_stride, const int r)
{
    const int zeros = r ? __builtin_ctz((unsigned)r) : 0;

    return r ? odd_stride[(r >> zeros) / 2] * (1 << zeros) : 0;
}

/* How wide a tile is: two panels (where the registers hold that), one, or the first half of one,
 * for as many columns as are left. */
#if VECTOR_BYTES == 64 && !defined NN_DOUBLE
#define PAIRS 1
#else
#define PAIRS 0
#endif
enum { MAX_VECS = PAIRS ? 2 * VECS : VECS };
#define MOST_ROWS(vecs) (ACCUMULATORS / (vecs) < MAX_ROWS ? ACCUMULATORS / (vecs) : MAX_ROWS)

#define store_part_whole store_part
#define all_whole        all
#define fused_whole      fused
#define VEC              vec
#define TILE(name)       name##_whole
#include "gemm_tile.h"
#undef VEC
#undef TILE
#if PAIRS
ALWAYS void store_part_half(real *to, half v, const int lanes)
{
    _mm256_mask_storeu_ps(to, (__mmask8)((1 << lanes) - 1), (__m256)v);
}
#define VEC        half
#define TILE(name) name##_half
#include "gemm_tile.h"
#undef VEC
#undef TILE
#define NARROW(name) name##_half
enum { NARROW_VECS = 1 };
#else
#define NARROW(name) name##_whole
enum { NARROW_VECS = VECS > 1 ? VECS / 2 : 1 };
#endif

/* Each width is a function of its own: compilers take long over larger ones. */
#define NEVER_INLINE static __attribute__((noinline))

#define WIDTH(name, TILES, vecs)                                                                   \
    NEVER_INLINE void product_##name(const struct product *p, int c)                               \
    {                                                                                              \
        TILES(product)(p, c, vecs, MOST_ROWS(vecs));                                               \
    }                                                                                              \
    NEVER_INLINE void outer_run_##name(const struct outer *o, int i, int c)                        \
    {                                                                                              \
        TILES(outer_rows)                                                                          \
        (o, o->x + i * o->x_run, false, i * o->run, o->run, c, vecs, MOST_ROWS(vecs));             \
    }                                                                                              \
    NEVER_INLINE void outer_across_##name(const struct outer *o, int c)                            \
    {                                                                                              \
        TILES(outer_rows)(o, o->x, true, 0, o->runs * o->run, c, vecs, MOST_ROWS(vecs));           \
    }                                                                                              \
    /* Tiles go across runs that are too short to fill them. */                                    \
    static void outer_##name(const struct outer *o, int c)                                         \
    {                                                                                              \
        if (o->run < MOST_ROWS(vecs) && o->runs > 1)                                               \
            outer_across_##name(o, c);                                                             \
        else                                                                                       \
            for (int i = 0; i < o->runs; i++)                                                      \
                outer_run_##name(o, i, c);                                                         \
    }

#define WHOLE(name) name##_whole
WIDTH(panel, WHOLE, VECS)
WIDTH(narrow, NARROW, NARROW_VECS)
#if PAIRS
WIDTH(pair, WHOLE, 2 * VECS)
#else
#define product_pair product_panel /* never called */
#define outer_pair   outer_panel
#endif

#define BY_WIDTH(name)                                                                             \
    static void name(const struct name *given)                                                     \
    {                                                                                              \
        for (int c = 0; c < given->columns; c += LANES) {                                          \
            const int left = given->columns - c;                                                   \
                                                                                                   \
            if (PAIRS && left > LANES) {                                                           \
                name##_pair(given, c);                                                             \
                c += LANES;                                                                        \
            } else if (left > LANES / 2) {                                                         \
                name##_panel(given, c);                                                            \
            } else {                                                                               \
                name##_narrow(given, c);                                                           \
            }                                                                                      \
        }                                                                                          \
    }

BY_WIDTH(product)
BY_WIDTH(outer)

#endif
