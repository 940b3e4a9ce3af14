/* Part of kernels.c: products of rows with packed panels (gemm), and sums of outer products, which
 * are the gradients of such weights (gemm_weight_grad); the same of pairs of bfloat16 numbers
 * (gemm_bf16, gemm_weight_grad_bf16). */
#ifndef NN_KERNEL_GEMM_H
#define NN_KERNEL_GEMM_H

#include "vector.h"

/* Does CALL(rows) with the number of rows, at most `most`, as a constant, so that the accumulators
 * stay in registers. */
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

/* Returns the rows of tiles as even as can be: 8 rows by tiles of at most 6 are 4 and 4. */
ALWAYS int tile_rows(int rows, int most)
{
    const int tiles = (rows + most - 1) / most;

    return tiles > 1 ? (rows + tiles - 1) / tiles : rows;
}

/* Returns r strides, given the odd multiples 1, 3, 5, ... of one: r is such a multiple times a
 * power of 2, which x86 has in its addresses, so that few registers hold the places of many rows.
 */
ALWAYS ptrdiff_t row_offset(const ptrdiff_t *odd_stride, const int r)
{
    const int zeros = r ? __builtin_ctz((unsigned)r) : 0;

    return r ? odd_stride[(r >> zeros) / 2] * (1 << zeros) : 0;
}

/* Width of a tile: two panels (where the registers hold that), one, or the first half of one, for
 * as many columns as are left. */
#if VECTOR_BYTES == 64 && !defined NN_DOUBLE
#define PAIRS 1
#else
#define PAIRS 0
#endif
enum { MAX_VECS = PAIRS ? 2 * VECS : VECS };
#define MOST_ROWS(vecs) (ACCUMULATORS / (vecs) < MAX_ROWS ? ACCUMULATORS / (vecs) : MAX_ROWS)

/* Tiles of whole vectors are called name_whole, tiles of halves name_half, of pairs of bfloat16
 * numbers name_whole_bf16 and name_half_bf16. */
#define WHOLE(name)      name##_whole
#define all_whole(x)     all(*(x))
#define fused_whole      fused
#define store_part_whole store_part
#define VEC              vec
#define TILE             WHOLE
#include "gemm_template.h"
#undef TILE
#ifndef NN_DOUBLE
#define WHOLE_BF16(name)      name##_whole_bf16
#define all_whole_bf16        all_pairs
#define fused_whole_bf16      fused_pairs
#define store_part_whole_bf16 store_part
#define TILE                  WHOLE_BF16
#include "gemm_template.h"
#undef TILE
#endif
#undef VEC
#if PAIRS
ALWAYS void store_part_half(real *to, half v, const int lanes)
{
    _mm256_mask_storeu_ps(to, (__mmask8)((1 << lanes) - 1), (__m256)v);
}
#define HALF(name)  name##_half
#define all_half(x) half_of_all(*(x))
#define VEC         half
#define TILE        HALF
#include "gemm_template.h"
#undef TILE
#define HALF_BF16(name)      name##_half_bf16
#define all_half_bf16        all_half_pairs
#define fused_half_bf16      fused_half_pairs
#define store_part_half_bf16 store_part_half
#define TILE                 HALF_BF16
#include "gemm_template.h"
#undef TILE
#undef VEC
#define NARROW      HALF
#define NARROW_BF16 HALF_BF16
enum { NARROW_VECS = 1 };
#else
#define NARROW      WHOLE
#define NARROW_BF16 WHOLE_BF16
enum { NARROW_VECS = VECS > 1 ? VECS / 2 : 1 };
#endif

/* Each width is a function of its own: compilers take long over larger ones. */
#define NEVER_INLINE static __attribute__((noinline))

/* Defines gemm_WIDTH() and gemm_weight_grad_WIDTH() for the columns from c on, in tiles that TILES
 * names, of `vecs` vectors. */
#define DEFINE_WIDTH(WIDTH, TILES, vecs)                                                           \
    NEVER_INLINE void gemm_##WIDTH(const struct gemm *p, int c)                                    \
    {                                                                                              \
        TILES(gemm)(p, c, vecs, MOST_ROWS(vecs));                                                  \
    }                                                                                              \
    NEVER_INLINE void weight_grad_run_##WIDTH(const struct gemm_weight_grad *g, int i, int c)      \
    {                                                                                              \
        TILES(weight_grad_rows)                                                                    \
        (g, g->x + i * g->x_run, false, i * g->run, g->run, c, vecs, MOST_ROWS(vecs));             \
    }                                                                                              \
    NEVER_INLINE void weight_grad_across_##WIDTH(const struct gemm_weight_grad *g, int c)          \
    {                                                                                              \
        TILES(weight_grad_rows)(g, g->x, true, 0, g->runs * g->run, c, vecs, MOST_ROWS(vecs));     \
    }                                                                                              \
    /* Tiles go across runs that are too short to fill them. */                                    \
    static void gemm_weight_grad_##WIDTH(const struct gemm_weight_grad *g, int c)                  \
    {                                                                                              \
        if (g->run < MOST_ROWS(vecs) && g->runs > 1)                                               \
            weight_grad_across_##WIDTH(g, c);                                                      \
        else                                                                                       \
            for (int i = 0; i < g->runs; i++)                                                      \
                weight_grad_run_##WIDTH(g, i, c);                                                  \
    }

DEFINE_WIDTH(panel, WHOLE, VECS)
DEFINE_WIDTH(narrow, NARROW, NARROW_VECS)
#ifndef NN_DOUBLE
DEFINE_WIDTH(bf16_panel, WHOLE_BF16, VECS)
DEFINE_WIDTH(bf16_narrow, NARROW_BF16, NARROW_VECS)
#endif
#if PAIRS
DEFINE_WIDTH(pair, WHOLE, 2 * VECS)
DEFINE_WIDTH(bf16_pair, WHOLE_BF16, 2 * VECS)
#define DO_PAIRS(kernel, given, c)                                                                 \
    for (; (given)->columns - c > LANES; c += 2 * LANES)                                           \
    kernel##_pair(given, c)
#else
#define DO_PAIRS(kernel, given, c)
#endif

/* Defines the kernel, which goes over the columns in the widest tiles that they fill. */
#define DEFINE_KERNEL(kernel, type)                                                                \
    static void kernel(const struct type *given)                                                   \
    {                                                                                              \
        int c = 0;                                                                                 \
                                                                                                   \
        DO_PAIRS(kernel, given, c);                                                                \
        for (; c < given->columns; c += LANES)                                                     \
            if (given->columns - c > LANES / 2)                                                    \
                kernel##_panel(given, c);                                                          \
            else                                                                                   \
                kernel##_narrow(given, c);                                                         \
    }

DEFINE_KERNEL(gemm, gemm)
DEFINE_KERNEL(gemm_weight_grad, gemm_weight_grad)
#ifndef NN_DOUBLE
DEFINE_KERNEL(gemm_bf16, gemm)
DEFINE_KERNEL(gemm_weight_grad_bf16, gemm_weight_grad)
#endif

#endif
