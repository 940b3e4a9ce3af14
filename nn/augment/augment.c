/* Pictures changed at random: amounts are drawn from the row, the epoch and the seed, made one map,
 * and the picture is sampled through it by a kernel. */
#include "augment.h"
#include "nn/base/exp_log.h"
#include "nn/base/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- Drawing ---- */

/* Philox's blocks of a row: 2^ROW_BITS, of which the knots of a bend take the rest. */
enum { ROW_BITS = 24, PLACE = 0, SIZE, ERASED, KNOTS };

/* Returns a number uniform between -1 and 1, both excluded. */
static double even(uint32_t word)
{
    return ((double)(int32_t)word + 0.5) * 0x1p-31;
}

/* Returns a whole number uniform in 0..bound-1. */
static int below(uint32_t word, int bound)
{
    return (int)((uint64_t)word * (uint64_t)bound >> 32);
}

/* Draws which ways a picture is flipped: anew in each epoch, or as in the first and then by turns.
 */
static void draw_flips(const struct nn_augment *a, const struct nn_random *random, uint64_t index,
                       bool flip[2])
{
    struct nn_random drawn = *random;
    uint32_t bits[4];
    bool turn = false;

    if (a->flip_alternate) {
        drawn.epoch = 1;
        turn = random->epoch % 2 == 0;
    }
    nn_random_bits(&drawn, index, bits);
    flip[0] = a->flip_h && bits[2] >> 31 != turn;
    flip[1] = a->flip_v && bits[3] >> 31 != turn;
}

void augment_draw(const struct nn_augment *a, struct nn_shape shape, const struct nn_random *random,
                  int64_t row, struct change *change)
{
    const uint64_t first = (uint64_t)row << ROW_BITS;
    uint32_t place[4], size[4], erased[4];

    nn_random_bits(random, first + PLACE, place);
    nn_random_bits(random, first + SIZE, size);
    nn_random_bits(random, first + ERASED, erased);
    *change = (struct change){
        .shift = {a->shift * even(place[0]), a->shift * even(place[1])},
        .degrees = a->rotate * even(place[2]),
        .shear = a->shear * even(place[3]),
        .scale = {1 + a->scale * even(size[0]), 1 + a->scale * even(size[1])},
        .erase = a->erase,
        .middle = {below(erased[0], shape.w), below(erased[1], shape.h)},
    };
    draw_flips(a, random, first + SIZE, change->flip);
}

/* Draws the coefficients of both splines from halves of Philox's words. */
static void draw_knots(double most, const struct nn_random *random, int64_t row, int count,
                       float *knots)
{
    enum { EACH = 8 };
    const uint64_t first = ((uint64_t)row << ROW_BITS) + KNOTS;
    uint32_t bits[4];

    for (int i = 0; i < count; i++) {
        if (i % EACH == 0)
            nn_random_bits(random, first + (uint64_t)(i / EACH), bits);
        knots[i] = (float)(most * even(i % 2 ? bits[i % EACH / 2] << 16
                                             : bits[i % EACH / 2] & 0xffff0000));
    }
}

/* ---- The map ---- */

/* Sets the map in *warp, for the shape in it, to the inverse of the change: the picture is flipped,
 * scaled, sheared, turned and shifted about its middle m, so a new pixel p comes from N (p - m -
 * shift) + m with N = flip scale^-1 shear^-1 turn^-1, and one more for the plane's background. */
static void augment_map(const struct change *change, struct warp *warp)
{
    const double x = (warp->w - 1) / 2.0, y = (warp->h - 1) / 2.0, k = change->shear;
    const double to_x = x + change->shift[0], to_y = y + change->shift[1];
    const double along = (change->flip[0] ? -1 : 1) / change->scale[0];
    const double down = (change->flip[1] ? -1 : 1) / change->scale[1];
    double s, c;

    nn_sine_cosine(change->degrees * (3.14159265358979323846 / 180), &s, &c);
    const double n[2][2] = {{along * (c + k * s), along * (s - k * c)}, {down * -s, down * c}};

    warp->across[0] = (float)n[0][0];
    warp->across[1] = (float)n[0][1];
    warp->across[2] = (float)(x - n[0][0] * to_x - n[0][1] * to_y + 1);
    warp->down[0] = (float)n[1][0];
    warp->down[1] = (float)n[1][1];
    warp->down[2] = (float)(y - n[1][0] * to_x - n[1][1] * to_y + 1);
}

/* ---- Erasing ---- */

static int clipped(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static void erase_row(const struct warp *warp, int c, ptrdiff_t first, int count, bool u8, void *to)
{
    for (ptrdiff_t i = first; i < first + count; i++)
        if (u8)
            ((uint8_t *)to)[i] = (uint8_t)warp->background[c];
        else
            ((float *)to)[i] = warp->background[c];
}

/* Erases the square around the middle as far as it is in the picture. */
static void erase(const struct change *change, const struct warp *warp, bool u8, void *to)
{
    const int x = change->middle[0] - change->erase / 2, y = change->middle[1] - change->erase / 2;
    const int left = clipped(x, warp->w), right = clipped(x + change->erase, warp->w);
    const int top = clipped(y, warp->h), bottom = clipped(y + change->erase, warp->h);

    for (int c = 0; c < warp->c; c++)
        for (int row = top; row < bottom; row++)
            erase_row(warp, c, ((ptrdiff_t)c * warp->h + row) * warp->w + left, right - left, u8,
                      to);
}

/* ---- Augmenters ---- */

/* Offsets of arrays in a slot's memory, in numbers of four bytes. */
struct slot {
    size_t out, knots, moves, plane, pairs, size;
};

struct nn_augmenter {
    struct nn_augment augment;
    struct nn_shape shape;
    float *background; /* [c] */
    struct slot slot;
    uint32_t *memory;
    size_t bytes;
};

static size_t rounded(size_t numbers)
{
    return (numbers + LANES - 1) / LANES * LANES;
}

static struct slot lay_out(struct nn_shape shape)
{
    const size_t w = (size_t)shape.w, h = (size_t)shape.h, c = (size_t)shape.c;
    const size_t down = (size_t)knots_along(shape.h), along = (size_t)knots_along(shape.w);
    struct slot slot = {0};

    slot.knots = slot.out + rounded(c * h * w + LANES);
    slot.moves = slot.knots + rounded(2 * down * along);
    slot.plane = slot.moves + 2 * down * rounded(w);
    slot.pairs = slot.plane + rounded((h + 3) * (w + 3));
    slot.size = slot.pairs + rounded((h + 3) * (w + 3));
    return slot;
}

struct nn_augmenter *nn_augmenter_new(const struct nn_augment *augment, struct nn_shape shape,
                                      int slots)
{
    struct nn_augmenter *a = calloc(1, sizeof *a);

    if (!a)
        return NULL;
    a->augment = *augment;
    a->shape = shape;
    a->slot = lay_out(shape);
    a->bytes = (size_t)slots * a->slot.size * sizeof *a->memory;
    a->memory = aligned_zeros(a->bytes);
    a->background = calloc((size_t)shape.c, sizeof *a->background);
    if (!a->memory || !a->background) {
        nn_augmenter_free(a);
        return NULL;
    }
    if (augment->background)
        memcpy(a->background, augment->background, (size_t)shape.c * sizeof *a->background);
    return a;
}

void nn_augmenter_free(struct nn_augmenter *a)
{
    if (!a)
        return;
    free(a->background);
    free(a->memory);
    free(a);
}

size_t nn_augmenter_bytes(const struct nn_augmenter *a)
{
    return a->bytes;
}

static struct warp warp_in(const struct nn_augmenter *a, uint32_t *memory)
{
    return (struct warp){.c = a->shape.c,
                         .h = a->shape.h,
                         .w = a->shape.w,
                         .background = a->background,
                         .moves = (float *)(memory + a->slot.moves),
                         .plane = (uint8_t *)(memory + a->slot.plane),
                         .pairs = (uint8_t *)(memory + a->slot.pairs),
                         .numbers = (float *)(memory + a->slot.plane)};
}

const void *augment_apply(const struct nn_augmenter *a, int slot, const struct change *change,
                          const struct nn_random *random, int64_t row, const void *pixels, bool u8)
{
    const struct nn_shape s = a->shape;
    uint32_t *memory = a->memory + (size_t)slot * a->slot.size;
    float *knots = (float *)(memory + a->slot.knots);
    struct warp warp = warp_in(a, memory);
    void *out = memory + a->slot.out;

    augment_map(change, &warp);
    if (a->augment.elastic > 0) {
        draw_knots(a->augment.elastic, random, row, 2 * knots_along(s.h) * knots_along(s.w), knots);
        warp.knots = knots;
    }
    if (u8)
        kernels->warp_u8(&warp, pixels, out);
    else
        kernels->warp_f32(&warp, pixels, out);
    erase(change, &warp, u8, out);
    return out;
}

const void *nn_augment_picture(const struct nn_augmenter *a, int slot, uint64_t seed, int epoch,
                               int64_t row, const void *pixels, bool u8)
{
    const struct nn_random random = {seed, NN_RANDOM_AUGMENT, (uint32_t)epoch};
    struct change change;

    augment_draw(&a->augment, a->shape, &random, row, &change);
    return augment_apply(a, slot, &change, &random, row, pixels, u8);
}
