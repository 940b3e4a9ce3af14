/* Part of kernels.c: pictures sampled through a map, bilinearly. Loops run over some columns of a
 * row, a multiple of LANES, so that compilers make vectors of them; what they write past the end of
 * a row is overwritten by the next row. */
#ifndef NN_KERNEL_WARP_H
#define NN_KERNEL_WARP_H

#include "vector.h"

/* ---- The spline ---- */

/* The uniform cubic B-spline i/8 after a knot: what that knot and the next weigh (NEAR), and the
 * ones beyond (FAR), from that side and, as 8 - i, from the other. */
#define CUBE(i)  ((i) * (i) * (i))
#define NEAR(i)  ((2048 - 48 * (i) * (i) + 3 * CUBE(i)) / 3072.0f)
#define FAR(i)   (CUBE(8 - (i)) / 3072.0f)
#define EIGHT(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)
#define BACK(f)  f(8), f(7), f(6), f(5), f(4), f(3), f(2), f(1)
static const float spline[4][KNOT] = {{EIGHT(FAR)}, {EIGHT(NEAR)}, {BACK(NEAR)}, {BACK(FAR)}};

/* Interpolates between the columns of knots: one row of moves for each row of them. */
static void spline_along(const struct warp *warp)
{
    const int along = knots_along(warp->w), stride = panels(warp->w) * LANES;
    const int rows = 2 * knots_along(warp->h);

    for (int row = 0; row < rows; row++)
        for (int piece = 0; piece < along - 3; piece++) {
            const float *knot = warp->knots + row * along + piece;
            float sum[KNOT] = {0};

            UNROLL
            for (int k = 0; k < 4; k++)
                for (int x = 0; x < KNOT; x++)
                    sum[x] = fused_float(knot[k], spline[k][x], sum[x]);
            memcpy(warp->moves + row * stride + piece * KNOT, sum, sizeof sum);
        }
}

/* Adds the moves of new row y, from column x on. */
ALWAYS void spline_down(const struct warp *warp, const float *moves, int y, int x, int n,
                        float *place)
{
    const int stride = panels(warp->w) * LANES;

    for (int k = 0; k < 4; k++) {
        const float weight = spline[k][y % KNOT], *row = moves + (y / KNOT + k) * stride + x;

        for (int i = 0; i < n; i++)
            place[i] = fused_float(weight, row[i], place[i]);
    }
}

/* ---- Places ---- */

/* Sources of the columns of a new row: the first of four neighbours in a plane, and how far after
 * it. */
enum { COLUMNS = 4 * LANES };
struct places {
    int32_t at[COLUMNS];
    float x[COLUMNS], y[COLUMNS];
};

/* Counts the columns from x on that are worked on together; spelled so that compilers see a
 * multiple of LANES. */
ALWAYS int columns_from(const struct warp *warp, int x)
{
    const int left = panels(warp->w - x) * LANES;

    return (left < COLUMNS ? left : COLUMNS) & -LANES;
}

/* Keeps a place within 0..most: outside, all is background as at the ends. */
ALWAYS float within(float place, float most)
{
    const float above = place > 0 ? place : 0;

    return above < most ? above : most;
}

/* Finds the sources of n columns of row y from x on; `column` and `row` lead to the plane's next
 * ones. */
ALWAYS void find_places(const struct warp *warp, int y, int x, int n, int column, int row,
                        struct places *places)
{
    const float across = fused_float(warp->across[1], (float)y, warp->across[2]);
    const float down = fused_float(warp->down[1], (float)y, warp->down[2]);
    const float per_x[2] = {warp->across[0], warp->down[0]};
    const float most_x = (float)(warp->w + 1), most_y = (float)(warp->h + 1);

    for (int i = 0; i < n; i++) {
        places->x[i] = fused_float(per_x[0], (float)(x + i), across);
        places->y[i] = fused_float(per_x[1], (float)(x + i), down);
    }
    if (warp->knots) {
        const int axis = knots_along(warp->h) * panels(warp->w) * LANES;

        spline_down(warp, warp->moves, y, x, n, places->x);
        spline_down(warp, warp->moves + axis, y, x, n, places->y);
    }
    for (int i = 0; i < n; i++) {
        const float u = within(places->x[i], most_x), v = within(places->y[i], most_y);
        const int32_t whole_u = (int32_t)u, whole_v = (int32_t)v;

        places->at[i] = whole_v * row + whole_u * column;
        places->x[i] = u - (float)whole_u;
        places->y[i] = v - (float)whole_v;
    }
}

/* Returns the number at `share` of the way from one to another. */
ALWAYS float between(float from, float to, float share)
{
    return fused_float(share, to - from, from);
}

/* ---- Bytes ---- */

typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1), may_alias));

/* The bytes of a and then b by their places, which are constants. gcc has clang's function from 12
 * on. */
#ifdef __clang__
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) __builtin_shuffle(a, b, (bytes16){__VA_ARGS__})
#endif

/* Writes to = upper[0], lower[0], upper[1], ... for n pairs, and up to 15 more. */
ALWAYS void interleave(const uint8_t *upper, const uint8_t *lower, int n, uint8_t *to)
{
    for (int i = 0; i < n; i += 16) {
        const bytes16 a = *(const bytes16 *)(upper + i), b = *(const bytes16 *)(lower + i);

        *(bytes16 *)(to + 2 * i) =
            PICK(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        *(bytes16 *)(to + 2 * i + 16) =
            PICK(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
}

/* Packs each row between the next one's pixels, so that four neighbours are one word. */
static void pack_bytes(const struct warp *warp, const uint8_t *from, uint8_t background)
{
    const int w = warp->w, h = warp->h, stride = w + 3;
    uint8_t *plane = warp->plane;

    memset(plane, background, (size_t)(h + 3) * (size_t)stride);
    for (int y = 0; y < h; y++)
        memcpy(plane + (y + 1) * stride + 1, from + y * w, (size_t)w);
    for (int y = 0; y < h + 2; y++)
        interleave(plane + y * stride, plane + (y + 1) * stride, stride,
                   warp->pairs + 2 * y * stride);
}

ALWAYS float byte_of(uint32_t word, int number)
{
    return (float)(int32_t)(word >> 8 * number & 255);
}

ALWAYS void sample_bytes(const uint8_t *pairs, const struct places *places, int n, uint8_t *to)
{
    uint32_t word[COLUMNS];

    for (int i = 0; i < n; i++)
        memcpy(&word[i], pairs + places->at[i], sizeof *word);
    for (int i = 0; i < n; i++) {
        const float a = byte_of(word[i], 0), b = byte_of(word[i], 2);
        const float c = byte_of(word[i], 1), d = byte_of(word[i], 3);
        const float upper = between(a, b, places->x[i]), lower = between(c, d, places->x[i]);

        to[i] = (uint8_t)(int32_t)(between(upper, lower, places->y[i]) + 0.5f);
    }
}

static void warp_u8(const struct warp *warp, const uint8_t *from, uint8_t *restrict to)
{
    const int area = warp->w * warp->h;
    struct places places;

    if (warp->knots)
        spline_along(warp);
    for (int c = 0; c < warp->c; c++) {
        pack_bytes(warp, from + c * area, (uint8_t)warp->background[c]);
        for (int y = 0; y < warp->h; y++)
            for (int x = 0, n; x < warp->w; x += n) {
                n = columns_from(warp, x);
                find_places(warp, y, x, n, 2, 2 * (warp->w + 3), &places);
                sample_bytes(warp->pairs, &places, n, to + c * area + y * warp->w + x);
            }
    }
}

/* ---- Floats ---- */

static void surround(const struct warp *warp, const float *from, float background)
{
    const int w = warp->w, h = warp->h, stride = w + 3;

    for (int i = 0; i < (h + 3) * stride; i++)
        warp->numbers[i] = background;
    for (int y = 0; y < h; y++)
        memcpy(warp->numbers + (y + 1) * stride + 1, from + y * w, (size_t)w * sizeof *from);
}

ALWAYS void sample_numbers(const float *numbers, int stride, const struct places *places, int n,
                           float *to)
{
    for (int i = 0; i < n; i++) {
        const float *first = numbers + places->at[i], *second = first + stride;
        const float upper = between(first[0], first[1], places->x[i]);
        const float lower = between(second[0], second[1], places->x[i]);

        to[i] = between(upper, lower, places->y[i]);
    }
}

static void warp_f32(const struct warp *warp, const float *from, float *restrict to)
{
    const int area = warp->w * warp->h, stride = warp->w + 3;
    struct places places;

    if (warp->knots)
        spline_along(warp);
    for (int c = 0; c < warp->c; c++) {
        surround(warp, from + c * area, warp->background[c]);
        for (int y = 0; y < warp->h; y++)
            for (int x = 0, n; x < warp->w; x += n) {
                n = columns_from(warp, x);
                find_places(warp, y, x, n, 1, stride, &places);
                sample_numbers(warp->numbers, stride, &places, n, to + c * area + y * warp->w + x);
            }
    }
}

#endif
