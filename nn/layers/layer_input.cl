/* Pictures from the data to the grid, augmented on the way, as layer_input.c, nn/augment/ and
 * nn/kernels/warp.h have them. */
#include "nn/device/functions.cl"

struct pictures_in {
    struct device_grid out;
    i64 pictures; /* [row][c][h][w] bytes, or floats where `f32` */
    i64 order;    /* [n] rows; -1: first + i */
    i64 index;    /* [rows] their numbers in the data's arrays, which augmentation goes by; -1 */
    i64 values;   /* [256] what bytes become */
    i64 changes;  /* [n] struct change_on_device, each followed by its knots and by the least and the
                     most of each row, where there is a rectangle to erase; -1: no augmentation */
    i64 background; /* [c] */
    i64 first;
    u64 seed;
    double shift, rotate, scale, shear, elastic, thickness, erase_area, erase_chance;
    u32 purpose, epoch;
    int n, f32, crop, erase, flip_h, flip_v, flip_alternate;
    float divisor, mean, std;
};

/* The map of one picture, see struct warp, and of struct change what comes after it. */
struct change_on_device {
    double thickness;
    float across[3], down[3];
    int middle[2], corner[2], sides[2];
};

#ifdef ON_DEVICE
enum { KNOT = 8, ROW_BITS = 24, MORE = (1 << ROW_BITS) - 1, RECTANGLE = MORE - 1, VALUES = MORE - 2 };

int knots_along(int pixels)
{
    return (pixels + KNOT - 1) / KNOT + 3;
}

int knots_of(const struct pictures_in *a)
{
    return a->elastic > 0 ? 2 * knots_along(a->out.h) * knots_along(a->out.w) : 0;
}

i64 change_at(const struct pictures_in *a, int i)
{
    return a->changes + i * (i64)(sizeof(struct change_on_device) +
                                  (knots_of(a) + 2 * a->out.h) * sizeof(float));
}

__global float *knots_at(MEMORY, const struct pictures_in *a, int i)
{
    return FLOAT(change_at(a, i) + (i64)sizeof(struct change_on_device));
}

/* Returns the least and the most of each row of picture i. */
__global float *ranges_at(MEMORY, const struct pictures_in *a, int i)
{
    return knots_at(memory, a, i) + knots_of(a);
}

i64 row_of(MEMORY, const struct pictures_in *a, int i)
{
    return a->order < 0 ? a->first + i : AT(i64, a->order)[i];
}

/* ---- What changes a picture ---- */

double even(u32 word)
{
    return ((double)(int)word + 0.5) * (1.0 / 2147483648.0);
}

int below(u32 word, int bound)
{
    return (int)((u64)word * (u64)bound >> 32);
}

/* Draws the rectangle to erase, whose chance has come. */
void draw_rectangle(const struct pictures_in *a, const u32 *bits, __global struct change_on_device *change)
{
    const double share = 0.02 + (a->erase_area - 0.02) * (even(bits[0]) + 1) / 2;
    const double area = share * a->out.h * a->out.w;
    const double aspect = exp_of(1.2039728043259361 * even(bits[1]));

    change->sides[0] = (int)fmin(fmax(floor(sqrt(area / aspect) + 0.5), 1.0), (double)a->out.w);
    change->sides[1] = (int)fmin(fmax(floor(sqrt(area * aspect) + 0.5), 1.0), (double)a->out.h);
    change->corner[0] = below(bits[2], a->out.w - change->sides[0] + 1);
    change->corner[1] = below(bits[3], a->out.h - change->sides[1] + 1);
}

/* Returns the number in the data's arrays of the picture's row. */
u64 drawn_row(MEMORY, const struct pictures_in *a, int i)
{
    const i64 row = row_of(memory, a, i);

    return (u64)(a->index < 0 ? row : AT(i64, a->index)[row]) << ROW_BITS;
}

KERNEL(augment_draw, pictures_in)
{
    const int i = ITEM();

    if (i >= a.n)
        return;
    const u64 first = drawn_row(memory, &a, i);
    __global struct change_on_device *change = AT(struct change_on_device, change_at(&a, i));
    __global float *knots = knots_at(memory, &a, i);
    const int turn = a.flip_alternate && a.epoch % 2 == 0;
    u32 place[4], size[4], erased[4], flips[4], more[4], rectangle[4], bits[4];

    random_bits(a.seed, a.purpose, a.epoch, first, place);
    random_bits(a.seed, a.purpose, a.epoch, first + 1, size);
    random_bits(a.seed, a.purpose, a.epoch, first + 2, erased);
    random_bits(a.seed, a.purpose, a.epoch, first + MORE, more);
    random_bits(a.seed, a.purpose, a.epoch, first + RECTANGLE, rectangle);
    random_bits(a.seed, a.purpose, a.flip_alternate ? 1 : a.epoch, first + 1, flips);
    const int flip_h = a.flip_h && (int)(flips[2] >> 31) != turn;
    const int flip_v = a.flip_v && (int)(flips[3] >> 31) != turn;
    const double placed_x = a.shift * even(place[0]), placed_y = a.shift * even(place[1]);
    const double shift_x = placed_x + below(more[0], 2 * a.crop + 1) - a.crop;
    const double shift_y = placed_y + below(more[1], 2 * a.crop + 1) - a.crop;
    const double degrees = a.rotate * even(place[2]), k = a.shear * even(place[3]);
    const double scale_x = 1 + a.scale * even(size[0]), scale_y = 1 + a.scale * even(size[1]);
    const double x = (a.out.w - 1) / 2.0, y = (a.out.h - 1) / 2.0;
    const double to_x = x + shift_x, to_y = y + shift_y;
    const double along = (flip_h ? -1 : 1) / scale_x, down = (flip_v ? -1 : 1) / scale_y;
    const double turned = degrees * (3.14159265358979323846 / 180), square = turned * turned;
    double s = 1, c = 1;

    for (int n = 28; n >= 2; n -= 2) {
        c = 1 - square / ((n - 1) * n) * c;
        s = 1 - square / (n * (n + 1)) * s;
    }
    s *= turned;
    const double xx = along * (c + k * s), xy = along * (s - k * c), yx = down * -s, yy = down * c;

    change->across[0] = (float)xx;
    change->across[1] = (float)xy;
    change->across[2] = (float)(x - xx * to_x - xy * to_y + 1);
    change->down[0] = (float)yx;
    change->down[1] = (float)yy;
    change->down[2] = (float)(y - yx * to_x - yy * to_y + 1);
    change->middle[0] = below(erased[0], a.out.w);
    change->middle[1] = below(erased[1], a.out.h);
    change->thickness = a.thickness * even(more[2]);
    change->sides[0] = change->sides[1] = 0;
    if ((even(more[3]) + 1) / 2 < a.erase_chance)
        draw_rectangle(&a, rectangle, change);
    for (int j = 0; j < knots_of(&a); j++) {
        if (j % 8 == 0)
            random_bits(a.seed, a.purpose, a.epoch, first + 3 + (u64)(j / 8), bits);
        knots[j] = (float)(a.elastic *
                           even(j % 2 ? bits[j % 8 / 2] << 16 : bits[j % 8 / 2] & 0xffff0000u));
    }
}

/* ---- Pictures sampled ---- */

float near_knot(int i)
{
    return (float)(2048 - 48 * i * i + 3 * i * i * i) / 3072.0f;
}

float far_knot(int i)
{
    return (float)((8 - i) * (8 - i) * (8 - i)) / 3072.0f;
}

float spline(int k, int i)
{
    return k == 0 ? far_knot(i) : k == 1 ? near_knot(i) : k == 2 ? near_knot(8 - i) : far_knot(8 - i);
}

/* Adds the bend's moves along one axis. */
float moved(__global const float *knots, int along, int y, int x, float place)
{
    for (int i = 0; i < 4; i++) {
        float sum = 0;

        for (int j = 0; j < 4; j++)
            sum = FUSED(knots[(y / KNOT + i) * along + x / KNOT + j], spline(j, x % KNOT), sum);
        place = FUSED(spline(i, y % KNOT), sum, place);
    }
    return place;
}

float within(float place, float most)
{
    const float above = place > 0 ? place : 0;

    return above < most ? above : most;
}

float pixel(MEMORY, const struct pictures_in *a, i64 row, int c, int y, int x)
{
    const i64 at = ((row * a->out.c + c) * a->out.h + y) * a->out.w + x;

    return a->f32 ? FLOAT(a->pictures)[at] : (float)AT(u8, a->pictures)[at];
}

float background(MEMORY, const struct pictures_in *a, int c)
{
    const float pixel = FLOAT(a->background)[c];

    return a->f32 ? pixel : (float)(u8)pixel;
}

/* Returns the plane's pixel (y, x): the picture after a row and a column of background. */
float plane(MEMORY, const struct pictures_in *a, i64 row, int c, int y, int x)
{
    return y >= 1 && y <= a->out.h && x >= 1 && x <= a->out.w
               ? pixel(memory, a, row, c, y - 1, x - 1)
               : background(memory, a, c);
}

float between(float from, float to, float share)
{
    return FUSED(share, to - from, from);
}

float sampled(MEMORY, const struct pictures_in *a, int i, int c, int y, int x)
{
    __global const struct change_on_device *change = AT(struct change_on_device, change_at(a, i));
    __global const float *knots = knots_at(memory, a, i);
    const int along = knots_along(a->out.w), axis = along * knots_along(a->out.h);
    const i64 row = row_of(memory, a, i);
    float across = FUSED(change->across[1], (float)y, change->across[2]);
    float down = FUSED(change->down[1], (float)y, change->down[2]);

    across = FUSED(change->across[0], (float)x, across);
    down = FUSED(change->down[0], (float)x, down);
    if (a->elastic > 0) {
        across = moved(knots, along, y, x, across);
        down = moved(knots + axis, along, y, x, down);
    }
    across = within(across, (float)(a->out.w + 1));
    down = within(down, (float)(a->out.h + 1));
    const int u = (int)across, v = (int)down;
    const float share_x = across - (float)u, share_y = down - (float)v;
    const float upper = between(plane(memory, a, row, c, v, u), plane(memory, a, row, c, v, u + 1),
                                share_x);
    const float lower = between(plane(memory, a, row, c, v + 1, u),
                                plane(memory, a, row, c, v + 1, u + 1), share_x);
    const float value = between(upper, lower, share_y);

    return a->f32 ? value : (float)(u8)(int)(value + 0.5f);
}

/* Rounds as a picture keeps it. */
float stored(const struct pictures_in *a, double value)
{
    return a->f32 ? (float)value : (float)(u8)(value + 0.5);
}

/* Returns a pixel thicker by a share, or thinner where that is below 0. */
float thickened(MEMORY, const struct pictures_in *a, int i, int c, int y, int x)
{
    const double share = AT(struct change_on_device, change_at(a, i))->thickness;
    const double ground = (double)FLOAT(a->background)[c];
    const int down[5] = {0, -1, 0, 0, 1}, along[5] = {0, 0, -1, 1, 0};
    const float old = sampled(memory, a, i, c, y, x);
    double aim = (double)old, distance = fabs(aim - ground);

    for (int k = 1; k < 5 && share != 0; k++) {
        const int v = y + down[k], u = x + along[k];
        const int inside = v >= 0 && v < a->out.h && u >= 0 && u < a->out.w;
        const double value = inside ? (double)sampled(memory, a, i, c, v, u) : ground;
        const double away = fabs(value - ground);

        if (share > 0 ? away > distance : away < distance) {
            aim = value;
            distance = away;
        }
    }
    if (share == 0)
        return old;
    const double step = fabs(share) * (aim - (double)old);

    return stored(a, (double)old + step);
}

int is_in(int begin, int size, int at)
{
    return at >= begin && at < begin + size;
}

/* Returns a pixel but for the rectangle. */
float changed(MEMORY, const struct pictures_in *a, int i, int c, int y, int x)
{
    __global const struct change_on_device *change = AT(struct change_on_device, change_at(a, i));

    if (is_in(change->middle[0] - a->erase / 2, a->erase, x) &&
        is_in(change->middle[1] - a->erase / 2, a->erase, y))
        return stored(a, (double)FLOAT(a->background)[c]);
    return thickened(memory, a, i, c, y, x);
}

/* Finds the least and the most of a row of a picture that has a rectangle to erase. */
KERNEL(augment_ranges, pictures_in)
{
    const int y = ITEM() % a.out.h, i = ITEM() / a.out.h;

    if (i >= a.n || AT(struct change_on_device, change_at(&a, i))->sides[0] == 0)
        return;
    float least = changed(memory, &a, i, 0, y, 0), most = least;

    for (int at = 1; at < a.out.c * a.out.w; at++) {
        const float value = changed(memory, &a, i, at / a.out.w, y, at % a.out.w);

        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    ranges_at(memory, &a, i)[2 * y] = least;
    ranges_at(memory, &a, i)[2 * y + 1] = most;
}

/* Returns what the rectangle is filled with. */
float filling(MEMORY, const struct pictures_in *a, int i, int c)
{
    __global const float *range = ranges_at(memory, a, i);
    float least = range[0], most = range[1];
    u32 bits[4];

    for (int y = 1; y < a->out.h; y++) {
        least = range[2 * y] < least ? range[2 * y] : least;
        most = range[2 * y + 1] > most ? range[2 * y + 1] : most;
    }
    random_bits(a->seed, a->purpose, a->epoch, drawn_row(memory, a, i) + VALUES - (u64)(c / 4), bits);
    const double part = ((double)most - (double)least) * (even(bits[c % 4]) + 1) / 2;

    return stored(a, (double)least + part);
}

float augmented(MEMORY, const struct pictures_in *a, int i, int c, int y, int x)
{
    __global const struct change_on_device *change = AT(struct change_on_device, change_at(a, i));

    return is_in(change->corner[0], change->sides[0], x) &&
                   is_in(change->corner[1], change->sides[1], y)
               ? filling(memory, a, i, c)
               : changed(memory, a, i, c, y, x);
}

KERNEL(load_pictures, pictures_in)
{
    const int c = ITEM() % a.out.c, x = ITEM() / a.out.c % a.out.w;
    const int y = ITEM() / a.out.c / a.out.w % a.out.h, i = ITEM() / a.out.c / a.out.w / a.out.h;

    if (i >= a.n)
        return;
    const float value = a.changes < 0 ? pixel(memory, &a, row_of(memory, &a, i), c, y, x)
                                      : augmented(memory, &a, i, c, y, x);

    *number(memory, a.out, i, y, x, c) =
        a.f32 ? (value / a.divisor - a.mean) / a.std : FLOAT(a.values)[(int)value];
}
#endif
