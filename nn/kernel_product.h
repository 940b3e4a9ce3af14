/* Part of kernels.c: products of rows with packed panels, and sums of outer products. */
#ifndef NN_KERNEL_PRODUCT_H
#define NN_KERNEL_PRODUCT_H

#include "kernel_vector.h"

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

/* Stores the first `columns` columns of rows that lie `width` apart. */
static void store_columns(real *out, ptrdiff_t row, ptrdiff_t panel, const real *rows, int columns,
                          int count, int width)
{
    for (int r = 0; r < count; r++, rows += width)
        for (int c = 0; c < columns; c += LANES) {
            const int left = columns - c < LANES ? columns - c : LANES;
            real *to = out + r * row + c / LANES * panel;

            for (int l = 0; l < left; l++)
                to[l] = rows[c + l];
        }
}

/* How wide a tile is: two panels (where the registers hold that), one, or the first half of one,
 * for as many columns as are left. */
enum {
    PAIR = VECS == 1,
    MAX_VECS = PAIR ? 2 : VECS,
};
#define MOST_ROWS(vecs) (ACCUMULATORS / (vecs) < MAX_ROWS ? ACCUMULATORS / (vecs) : MAX_ROWS)

#define VEC        vec
#define TILE(name) name##_whole
#include "kernel_tile.h"
#undef VEC
#undef TILE
#if VECTOR_BYTES == 64 && !defined NN_DOUBLE
#define VEC        half
#define TILE(name) name##_half
#include "kernel_tile.h"
#undef VEC
#undef TILE
#define NARROW(name) name##_half
enum { NARROW_VECS = 1 };
#else
#define NARROW(name) name##_whole
enum { NARROW_VECS = VECS > 1 ? VECS / 2 : 1 };
#endif

static void product(const struct product *p)
{
    for (int c = 0; c < p->columns;) {
        const int left = p->columns - c;

        if (PAIR && left > LANES) {
            product_whole(p, c, MAX_VECS, MOST_ROWS(MAX_VECS));
            c += 2 * LANES;
            continue;
        }
        if (left > LANES / 2)
            product_whole(p, c, VECS, MOST_ROWS(VECS));
        else
            NARROW(product)(p, c, NARROW_VECS, MOST_ROWS(NARROW_VECS));
        c += LANES;
    }
}

static void outer(const struct outer *o)
{
    for (int c = 0; c < o->columns;) {
        const int left = o->columns - c;

        if (PAIR && left > LANES) {
            outer_whole(o, c, MAX_VECS, MOST_ROWS(MAX_VECS));
            c += 2 * LANES;
            continue;
        }
        if (left > LANES / 2)
            outer_whole(o, c, VECS, MOST_ROWS(VECS));
        else
            NARROW(outer)(o, c, NARROW_VECS, MOST_ROWS(NARROW_VECS));
        c += LANES;
    }
}

#endif
