/* Pictures changed at random: amounts are drawn from the row, the epoch and the seed, made one map,
 * and the picture is sampled through it by a kernel. */
#include "augment.h"
#include "nn/base/exp_log.h"
#include "nn/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Drawing ---- */

/* Philox's blocks of a row: 2^ROW_BITS, of which the knots of a bend take the rest. */
enum { ROW_BITS = 24, PLACE = 0, SIZE, ERASED, KNOTS };
/* From the end: crop, thickness and chance; the rectangle; its values, of four channels each. */
enum { MORE = (1 << ROW_BITS) - 1, RECTANGLE = MORE - 1, VALUES = MORE - 2 };

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

static double exp_of(double x)
{
    double both[EXPS] = {x};

    nn_exps(both);
    return both[0];
}

/* Draws the rectangle to erase, whose chance has come. */
static void draw_rectangle(double most, struct nn_shape shape, const uint32_t bits[4],
                           struct change *change)
{
    static const double least = 0.02, log_aspect = 1.2039728043259361; /* ln(1 / 0.3) */
    const double share = least + (most - least) * (even(bits[0]) + 1) / 2;
    const double area = share * shape.h * shape.w;
    const double aspect = exp_of(log_aspect * even(bits[1]));

    change->sides[0] = (int)fmin(fmax(floor(sqrt(area / aspect) + 0.5), 1), shape.w);
    change->sides[1] = (int)fmin(fmax(floor(sqrt(area * aspect) + 0.5), 1), shape.h);
    change->corner[0] = below(bits[2], shape.w - change->sides[0] + 1);
    change->corner[1] = below(bits[3], shape.h - change->sides[1] + 1);
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
    uint32_t place[4], size[4], erased[4], more[4], rectangle[4];

    nn_random_bits(random, first + PLACE, place);
    nn_random_bits(random, first + SIZE, size);
    nn_random_bits(random, first + ERASED, erased);
    nn_random_bits(random, first + MORE, more);
    nn_random_bits(random, first + RECTANGLE, rectangle);
    *change = (struct change){
        .shift = {a->shift * even(place[0]) + below(more[0], 2 * a->crop + 1) - a->crop,
                  a->shift * even(place[1]) + below(more[1], 2 * a->crop + 1) - a->crop},
        .degrees = a->rotate * even(place[2]),
        .shear = a->shear * even(place[3]),
        .scale = {1 + a->scale * even(size[0]), 1 + a->scale * even(size[1])},
        .thickness = a->thickness * even(more[2]),
        .erase = a->erase,
        .middle = {below(erased[0], shape.w), below(erased[1], shape.h)},
    };
    draw_flips(a, random, first + SIZE, change->flip);
    if ((even(more[3]) + 1) / 2 < a->erase_chance)
        draw_rectangle(a->erase_area, shape, rectangle, change);
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

/* ---- Thickness ---- */

/* Number i of a picture; a byte as float is exact. */
static float number_at(const void *pixels, bool u8, ptrdiff_t i)
{
    return u8 ? (float)((const uint8_t *)pixels)[i] : ((const float *)pixels)[i];
}

static void set_number(void *pixels, bool u8, ptrdiff_t i, double value)
{
    if (u8)
        ((uint8_t *)pixels)[i] = (uint8_t)(value + 0.5);
    else
        ((float *)pixels)[i] = (float)value;
}

/* Returns, of a pixel and its neighbours in plane c, the value farthest from the background, or if
 * not `far` the nearest; the pixel's own among equals. */
static double extreme(const struct warp *warp, int c, int y, int x, bool far, bool u8,
                      const void *from)
{
    static const int around[][2] = {{0, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, 0}};
    const double ground = (double)warp->background[c];
    double best = 0, distance = 0;

    for (int k = 0; k < 5; k++) {
        const int i = y + around[k][0], j = x + around[k][1];
        const bool inside = i >= 0 && i < warp->h && j >= 0 && j < warp->w;
        const double value =
            inside ? (double)number_at(from, u8, ((ptrdiff_t)c * warp->h + i) * warp->w + j)
                   : ground;
        const double away = fabs(value - ground);

        if (k == 0 || (far ? away > distance : away < distance)) {
            best = value;
            distance = away;
        }
    }
    return best;
}

/* Fills `to` with the picture thicker by a share, or thinner where that is below 0. */
static void thicken(const struct change *change, const struct warp *warp, bool u8, const void *from,
                    void *to)
{
    const double share = fabs(change->thickness);
    ptrdiff_t at = 0;

    for (int c = 0; c < warp->c; c++)
        for (int y = 0; y < warp->h; y++)
            for (int x = 0; x < warp->w; x++, at++) {
                const double old = (double)number_at(from, u8, at);
                const double aim = extreme(warp, c, y, x, change->thickness > 0, u8, from);

                set_number(to, u8, at, old + share * (aim - old));
            }
}

/* ---- Erasing ---- */

static int clipped(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static void fill_row(void *to, bool u8, ptrdiff_t first, int count, double value)
{
    for (ptrdiff_t i = first; i < first + count; i++)
        set_number(to, u8, i, value);
}

/* Erases the square around the middle as far as it is in the picture. */
static void erase(const struct change *change, const struct warp *warp, bool u8, void *to)
{
    const int x = change->middle[0] - change->erase / 2, y = change->middle[1] - change->erase / 2;
    const int left = clipped(x, warp->w), right = clipped(x + change->erase, warp->w);
    const int top = clipped(y, warp->h), bottom = clipped(y + change->erase, warp->h);

    for (int c = 0; c < warp->c; c++)
        for (int row = top; row < bottom; row++)
            fill_row(to, u8, ((ptrdiff_t)c * warp->h + row) * warp->w + left, right - left,
                     (double)warp->background[c]);
}

/* Fills the rectangle, if there is one, with a value drawn for each channel. */
static void erase_rectangle(const struct change *change, const struct warp *warp,
                            const struct nn_random *random, int64_t row, bool u8, void *to)
{
    const ptrdiff_t count = (ptrdiff_t)warp->c * warp->h * warp->w;
    const uint64_t first = (uint64_t)row << ROW_BITS;
    float least, most;
    uint32_t bits[4];

    if (change->sides[0] == 0)
        return;
    least = most = number_at(to, u8, 0);
    for (ptrdiff_t i = 1; i < count; i++) {
        const float value = number_at(to, u8, i);

        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    for (int c = 0; c < warp->c; c++) {
        if (c % 4 == 0)
            nn_random_bits(random, first + VALUES - (uint64_t)(c / 4), bits);
        const double value =
            (double)least + ((double)most - (double)least) * (even(bits[c % 4]) + 1) / 2;

        for (int y = change->corner[1]; y < change->corner[1] + change->sides[1]; y++)
            fill_row(to, u8, ((ptrdiff_t)c * warp->h + y) * warp->w + change->corner[0],
                     change->sides[0], value);
    }
}

/* ---- Augmenters ---- */

/* Offsets of arrays in a slot's memory, in numbers of four bytes. */
struct slot {
    size_t out, knots, moves, plane, pairs, thick, size;
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

static struct slot lay_out(const struct nn_augment *augment, struct nn_shape shape)
{
    const size_t w = (size_t)shape.w, h = (size_t)shape.h, c = (size_t)shape.c;
    const size_t down = (size_t)knots_along(shape.h), along = (size_t)knots_along(shape.w);
    struct slot slot = {0};

    slot.knots = slot.out + rounded(c * h * w + LANES);
    slot.moves = slot.knots + rounded(2 * down * along);
    slot.plane = slot.moves + 2 * down * rounded(w);
    slot.pairs = slot.plane + rounded((h + 3) * (w + 3));
    slot.thick = slot.pairs + rounded((h + 3) * (w + 3));
    slot.size = slot.thick + (augment->thickness > 0 ? rounded(c * h * w) : 0);
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
    a->slot = lay_out(augment, shape);
    a->bytes = (size_t)slots * a->slot.size * sizeof *a->memory;
    a->memory = aligned_zeros(a->bytes);
    a->background = calloc((size_t)shape.c, sizeof *a->background);
    if (!a->memory || !a->background) {
        nn_augmenter_free(a);
        return NULL;
    }
    if (augment->background)
        memcpy(a->background, augment->background, (size_t)shape.c * sizeof *a->background);
    a->augment.background = a->background;
    return a;
}

const struct nn_augment *augmenter_changes(const struct nn_augmenter *a)
{
    return &a->augment;
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
    if (change->thickness != 0) {
        thicken(change, &warp, u8, out, memory + a->slot.thick);
        out = memory + a->slot.thick;
    }
    erase(change, &warp, u8, out);
    erase_rectangle(change, &warp, random, row, u8, out);
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
