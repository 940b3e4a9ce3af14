/* Part of kernels.c: the transforms of minimal filtering (Winograd 1980; for convolutions Lavin and
 * Gray 2015), F(4x4, 3x3). Four neighbouring outputs y of a row, by 3 weights w from 6 numbers d,
 * are
 *
 *     y = A^T ((G w) * (B^T d)),
 *
 * 6 multiplications in place of 12: a product of polynomials by their values at the points 0, p,
 * -p, 2p, -2p and infinity. A square of outputs is done so in both directions. With p = 3/4 the
 * result is about as exact as a plain sum; with the usual 1 it loses two bits. */
#ifndef NN_KERNEL_WINOGRAD_H
#define NN_KERNEL_WINOGRAD_H

#include "pairs.h"

ALWAYS vec plus(vec c, real a, vec b)
{
    return fused(all(a), b, c);
}

#define NUMBER vec
#define MAP    ALWAYS
#include "winograd_maps.h"
static const real input_factors[] = {INPUT_FACTORS}, output_factors[] = {OUTPUT_FACTORS},
                  output_back_factors[] = {OUTPUT_BACK_FACTORS},
                  weights_factors[] = {WEIGHTS_FACTORS},
                  weights_back_factors[] = {WEIGHTS_BACK_FACTORS};

enum { SIDE = 6 };
typedef void winograd_map(const vec *, vec *);

/* Transforms the columns of one vector of channels, `from` numbers each, to `to`: column[y][x].
 * What lies outside of `in` is zero. */
ALWAYS void winograd_columns(const real *at, const struct square *in, winograd_map *map,
                             const real *factors, const int from, const int to, vec column[][SIDE])
{
    static const real zeros[LANES];
    vec numbers[SIDE], out[SIDE];

    for (int x = 0; x < from; x++) {
        const real *number = at + x * in->column;
        const bool here = x >= in->left && x < in->right;

        UNROLL
        for (int y = 0; y < from; y++, number += in->row)
            numbers[y] = load(here && y >= in->top && y < in->bottom ? number : zeros);
        map(numbers, out);
        UNROLL
        for (int y = 0; y < to; y++)
            column[y][x] = factors[y] * out[y];
    }
}

/* Transforms in both directions, for one vector of channels: `from` x `from` numbers to `to` x
 * `to`. What lies outside is written to nowhere. */
ALWAYS void winograd_vector(const struct winograd *w, int c, winograd_map *map, const real *factors,
                            const int from, const int to)
{
    const vec bias = w->bias ? load(w->bias + c) : (vec){0};
    vec column[SIDE][SIDE], out[SIDE];
    real nowhere[LANES];

    winograd_columns(w->from + c, &w->in, map, factors, from, to, column);
    for (int y = w->out.top; y < w->out.bottom; y++) {
        real *at = w->to + y * w->out.row + c;

        map(column[y], out);
        UNROLL
        for (int x = 0; x < to; x++, at += w->out.column)
            *(vec *)(x >= w->out.left && x < w->out.right ? at : nowhere) =
                plus(bias, factors[x], out[x]);
    }
}

/* Returns where the vector of channels from c on begins: the last one ends with them, and does
 * again what the one before it did where they are no whole vectors. */
ALWAYS int whole_vector(int c, int channels)
{
    return c + VLEN <= channels ? c : channels - VLEN;
}

#define WINOGRAD(name, from, to)                                                                   \
    static void winograd_##name(const struct winograd *given)                                      \
    {                                                                                              \
        const struct winograd w = *given; /* its own, so that no store can change it */            \
                                                                                                   \
        for (int c = 0; c < w.channels; c += VLEN)                                                 \
            winograd_vector(&w, whole_vector(c, w.channels), map_##name, name##_factors, from,     \
                            to);                                                                   \
    }

WINOGRAD(input, 6, 6)
WINOGRAD(weights, 3, 6)
WINOGRAD(output, 6, 4)
WINOGRAD(output_back, 4, 6)
WINOGRAD(weights_back, 6, 3)

#ifndef NN_DOUBLE
/* ---- To pairs of bfloat16 numbers, at 6 x 6 points without factors ---- */

struct side { /* of pairs: one vector of channels of a tile; NULL: zeros */
    const real *from;
    const struct square *in;
};

ALWAYS void side_columns(const struct side *side, winograd_map *map, const int size,
                         vec column[][SIDE])
{
    if (side->from)
        winograd_columns(side->from, side->in, map, input_factors, size, SIDE, column);
    else
        memset(column, 0, sizeof(vec[SIDE][SIDE]));
}

/* Transforms `size` x `size` numbers of each side and stores their pairs: of neighbouring channels,
 * whose odd side may be missing (NULL), or of the sides; `odd` and `channels` are constants. */
ALWAYS void winograd_pairs(const struct winograd *w, real *to, const struct side *even,
                           const struct side *odd, winograd_map *map, const int size,
                           const bool channels)
{
    vec even_column[SIDE][SIDE], odd_column[SIDE][SIDE];
    vec a[SIDE], b[SIDE];
    real nowhere[LANES];

    side_columns(even, map, size, even_column);
    if (odd)
        side_columns(odd, map, size, odd_column);
    for (int y = w->out.top; y < w->out.bottom; y++) {
        real *at = to + y * w->out.row;

        map(even_column[y], a);
        if (odd)
            map(odd_column[y], b);
        UNROLL
        for (int x = 0; x < SIDE; x++, at += w->out.column) {
            real *inside = x >= w->out.left && x < w->out.right ? at : nowhere;

            if (channels)
                store_part(inside, neighbours(a[x], odd ? b[x] : a[x]), odd ? VLEN : VLEN / 2);
            else
                *(vec *)inside = paired(a[x], b[x]);
        }
    }
}

static void winograd_input_bf16(const struct winograd *given)
{
    const struct winograd w = *given;
    int c = 0;

    for (; c + 2 * VLEN <= w.channels; c += 2 * VLEN)
        winograd_pairs(&w, w.to + c / 2, &(struct side){w.from + c, &w.in},
                       &(struct side){w.from + c + VLEN, &w.in}, map_input, 6, true);
    for (; c < w.channels; c += VLEN) {
        const int at = whole_vector(c, w.channels);

        winograd_pairs(&w, w.to + at / 2, &(struct side){w.from + at, &w.in}, NULL, map_input, 6,
                       true);
    }
}

#define WINOGRAD_TILES(name, size)                                                                 \
    static void winograd_##name##_tiles_bf16(const struct winograd *given)                         \
    {                                                                                              \
        const struct winograd w = *given;                                                          \
                                                                                                   \
        for (int c = 0; c < w.channels; c += VLEN) {                                               \
            const int at = whole_vector(c, w.channels);                                            \
                                                                                                   \
            winograd_pairs(&w, w.to + at, &(struct side){w.from + at, &w.in},                      \
                           &(struct side){w.from_odd ? w.from_odd + at : NULL, &w.in_odd},         \
                           map_##name, size, false);                                               \
        }                                                                                          \
    }

WINOGRAD_TILES(input, 6)
WINOGRAD_TILES(output_back, 4)
#endif

#undef P
#undef P2
#undef P4

#endif
