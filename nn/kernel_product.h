/* Part of kernels.c: products of rows with packed panels, and sums of outer products. */
#ifndef NN_KERNEL_PRODUCT_H
#define NN_KERNEL_PRODUCT_H

#include "kernel_vector.h"

/* Calls TILE with the number of rows as a constant, so that the accumulators stay in registers. */
#define TILE_OF(rows, CALL)                                                                        \
    switch (rows) {                                                                                \
    case 1:                                                                                        \
        CALL(1);                                                                                   \
        break;                                                                                     \
    case 2:                                                                                        \
        CALL(2);                                                                                   \
        break;                                                                                     \
    case 3:                                                                                        \
        CALL(3);                                                                                   \
        break;                                                                                     \
    case 4:                                                                                        \
        CALL(4);                                                                                   \
        break;                                                                                     \
    case 5:                                                                                        \
        CALL(5);                                                                                   \
        break;                                                                                     \
    case 6:                                                                                        \
        CALL(6);                                                                                   \
        break;                                                                                     \
    case 7:                                                                                        \
        CALL(7);                                                                                   \
        break;                                                                                     \
    case 8:                                                                                        \
        CALL(8);                                                                                   \
        break;                                                                                     \
    case 9:                                                                                        \
        CALL(9);                                                                                   \
        break;                                                                                     \
    case 10:                                                                                       \
        CALL(10);                                                                                  \
        break;                                                                                     \
    case 11:                                                                                       \
        CALL(11);                                                                                  \
        break;                                                                                     \
    case 12:                                                                                       \
        CALL(12);                                                                                  \
        break;                                                                                     \
    case 13:                                                                                       \
        CALL(13);                                                                                  \
        break;                                                                                     \
    case 14:                                                                                       \
        CALL(14);                                                                                  \
        break;                                                                                     \
    }

/* Tiles as even as can be: 8 rows by tiles of at most 6 are 4 and 4. */
ALWAYS int tile_rows(int rows)
{
    int tiles = (rows + ROWS - 1) / ROWS;

    return (rows + tiles - 1) / tiles;
}

ALWAYS void store(real *out, const vec *lanes, int columns)
{
    if (columns >= LANES) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            *(vec *)(out + v * VLEN) = lanes[v];
    } else {
        real part[LANES];

        UNROLL
        for (int v = 0; v < VECS; v++)
            *(vec *)(part + v * VLEN) = lanes[v];
        for (int l = 0; l < columns; l++)
            out[l] = part[l];
    }
}

/* ---- Products ---- */

ALWAYS void product_tile(const struct product *p, const real *x, const real *w, const real *bias,
                         real *out, int columns, const int rows)
{
    vec sum[ROWS][VECS];

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            sum[r][v] = bias ? *(const vec *)(bias + v * VLEN) : (vec){0};
    }
    for (int i = 0; i < p->runs; i++) {
        const real *xi = x + i * p->x_run;

        for (int k = 0; k < p->run; k++, w += LANES) {
            UNROLL
            for (int r = 0; r < rows; r++) {
                real factor = xi[r * p->x_row + k];

                UNROLL
                for (int v = 0; v < VECS; v++)
                    sum[r][v] += factor * *(const vec *)(w + v * VLEN);
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        store(out + r * p->out_row, sum[r], columns);
}

static void product(const struct product *p)
{
    const ptrdiff_t panel = (ptrdiff_t)p->runs * p->run * LANES;

    for (int c = 0; c < p->columns; c += LANES) {
        const real *w = p->w + c / LANES * panel, *bias = p->bias ? p->bias + c : NULL;
        int left = p->rows, tile = tile_rows(p->rows), columns = p->columns - c;

        for (int r = 0; left > 0; r += tile, left -= tile) {
            const real *x = p->x + r * p->x_row;
            real *out = p->out + r * p->out_row + c;

#define CALL(n) product_tile(p, x, w, bias, out, columns, n <= ROWS ? n : ROWS)
            TILE_OF(left < tile ? left : tile, CALL)
#undef CALL
        }
    }
}

/* ---- Sums of outer products ---- */

ALWAYS void outer_tile(const struct outer *o, const real *x, const real *dy, real *out, int columns,
                       const int rows)
{
    vec sum[ROWS][VECS];

    UNROLL
    for (int r = 0; r < rows; r++) {
        UNROLL
        for (int v = 0; v < VECS; v++)
            sum[r][v] = o->add ? *(const vec *)(out + r * LANES + v * VLEN) : (vec){0};
    }
    for (int g = 0; g < o->groups; g++) {
        const real *xg = x + g * o->x_group, *dyg = dy + g * o->dy_group;

        for (int s = 0; s < o->steps; s++, xg += o->x_step, dyg += o->dy_step) {
            UNROLL
            for (int r = 0; r < rows; r++) {
                real factor = xg[r];

                UNROLL
                for (int v = 0; v < VECS; v++)
                    sum[r][v] += factor * *(const vec *)(dyg + v * VLEN);
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        store(out + r * LANES, sum[r], columns);
}

static void outer(const struct outer *o)
{
    for (int c = 0; c < o->columns; c += LANES) {
        int left = o->run, tile = tile_rows(o->run), columns = o->columns - c;

        for (int k = 0; left > 0; k += tile, left -= tile) {
            const real *x = o->x + k, *dy = o->dy + c;
            real *out = o->out + c / LANES * o->out_panel + (ptrdiff_t)k * LANES;

#define CALL(n) outer_tile(o, x, dy, out, columns, n <= ROWS ? n : ROWS)
            TILE_OF(left < tile ? left : tile, CALL)
#undef CALL
        }
    }
}

#endif
