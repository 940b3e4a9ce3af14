/* Pictures brought to one slant, size and place, by the thing that each shows. Plain double
 * arithmetic, one picture at a time: the result depends on the picture and nothing else. */
#include "nn/base/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Descriptions ---- */

static const char parts[] = "deskew, width PIXELS, height PIXELS, size PIXELS";

/* Reads the pixels of a part that was not given before. */
static int parse_pixels(struct words *words, int *pixels, struct nn_error *error)
{
    const bool again = *pixels > 0;
    const int found = words_int(words, 1, NN_NORMALIZE_MOST, pixels, error);

    if (again)
        return words_error(words, error, "duplicate '%s'", words->word[0]);
    if (found == 0)
        return words_error(words, error, "a whole number is needed: %s PIXELS", words->word[0]);
    return found < 0 ? -1 : words_end(words, "a number of pixels", error);
}

static int parse_part(struct nn_normalize *to, struct words *words, struct nn_error *error)
{
    const struct {
        const char *name;
        int *pixels;
    } sides[] = {{"width", &to->width}, {"height", &to->height}, {"size", &to->size}};

    words->next = 1;
    for (int i = 0; i < 3; i++)
        if (strcmp(words->word[0], sides[i].name) == 0)
            return parse_pixels(words, sides[i].pixels, error);
    if (strcmp(words->word[0], "deskew") != 0)
        return words_error(words, error, "no such part; there are: %s", parts);
    if (to->deskew)
        return words_error(words, error, "duplicate 'deskew'");
    to->deskew = true;
    return words_end(words, "deskew", error);
}

int nn_normalize_parse(struct nn_normalize *normalize, const char *description,
                       struct nn_error *error)
{
    struct words words = {.kind = "part"};

    *normalize = (struct nn_normalize){0};
    error->out_of_memory = false;
    do {
        words.number++;
        if (words_take(&words, &description, error) || parse_part(normalize, &words, error))
            return -1;
    } while (*description++ == ',');
    if (normalize->size && (normalize->width || normalize->height)) {
        snprintf(error->text, sizeof error->text,
                 "size keeps the proportions, width and height set them: give size or these");
        return -1;
    }
    return 0;
}

void nn_normalize_text(const struct nn_normalize *normalize, char text[NN_NORMALIZE_TEXT])
{
    const struct {
        const char *name;
        int pixels;
    } sides[] = {
        {"width", normalize->width}, {"height", normalize->height}, {"size", normalize->size}};
    int used = snprintf(text, NN_NORMALIZE_TEXT, "%s", normalize->deskew ? "deskew" : "");

    for (int i = 0; i < 3; i++)
        if (sides[i].pixels)
            used += snprintf(text + used, (size_t)(NN_NORMALIZE_TEXT - used), "%s%s %d",
                             used ? ", " : "", sides[i].name, sides[i].pixels);
}

bool nn_normalize_any(const struct nn_normalize *normalize)
{
    return normalize->width || normalize->height || normalize->size || normalize->deskew;
}

int nn_normalize_fits(const struct nn_normalize *normalize, struct nn_shape shape,
                      struct nn_error *error)
{
    const struct {
        const char *name;
        int pixels, most;
    } sides[] = {{"width", normalize->width, shape.w},
                 {"height", normalize->height, shape.h},
                 {"size", normalize->size, shape.h < shape.w ? shape.h : shape.w}};

    error->out_of_memory = false;
    for (int i = 0; i < 3; i++)
        if (sides[i].pixels > sides[i].most) {
            snprintf(error->text, sizeof error->text, "%s %d is above the pictures' %d pixels",
                     sides[i].name, sides[i].pixels, sides[i].most);
            return -1;
        }
    return 0;
}

/* ---- What is on a picture ---- */

/* A picture to read: values as doubles, the background around it. */
struct source {
    struct nn_shape shape;
    const void *pixels;
    bool u8;
    const float *background;
};

static double ground_of(const struct source *s, int c)
{
    return s->background ? (double)s->background[c] : 0;
}

static double pixel_at(const struct source *s, int c, int y, int x)
{
    const ptrdiff_t at = ((ptrdiff_t)c * s->shape.h + y) * s->shape.w + x;

    if (x < 0 || x >= s->shape.w || y < 0 || y >= s->shape.h)
        return ground_of(s, c);
    return s->u8 ? (double)((const uint8_t *)s->pixels)[at]
                 : (double)((const float *)s->pixels)[at];
}

/* Returns how far a pixel is from the background: the sum over the channels. */
static double distance_at(const struct source *s, int y, int x)
{
    double sum = 0;

    for (int c = 0; c < s->shape.c; c++)
        sum += fabs(pixel_at(s, c, y, x) - ground_of(s, c));
    return sum;
}

/* Returns the distance from which a pixel belongs to the thing: a quarter of the largest. 0: there
 * is nothing. */
static double least_distance(const struct source *s)
{
    double most = 0;

    for (int y = 0; y < s->shape.h; y++)
        for (int x = 0; x < s->shape.w; x++)
            most = fmax(most, distance_at(s, y, x));
    return most / 4;
}

/* Finds the slant k = mu11 / mu02 by the second central moments of the distances, at most 1 each
 * way, and the row my of the thing's centre of mass. */
static void find_slant(const struct source *s, double least, double *k, double *my)
{
    double m = 0, x1 = 0, y1 = 0, xy = 0, y2 = 0, down;

    for (int y = 0; y < s->shape.h; y++)
        for (int x = 0; x < s->shape.w; x++) {
            const double d = distance_at(s, y, x);

            if (d < least)
                continue;
            m += d;
            x1 += d * x;
            y1 += d * y;
            xy += d * x * y;
            y2 += d * y * y;
        }
    *my = y1 / m;
    down = y2 - y1 * y1 / m;
    *k = down > 0 ? (xy - x1 * y1 / m) / down : 0;
    *k = fmin(fmax(*k, -1), 1);
}

/* ---- The map ---- */

/* A new pixel's centre x, y comes from a point of the old picture: down = (y - to_y) / scale_y +
 * from_y, along = (x - to_x) / scale_x + from_x + slant (down - my). */
struct map {
    double slant, my, from_x, from_y, to_x, to_y, scale_x, scale_y;
};

/* Adds to the map the scale and the place of the thing's box, without its slant. */
static void map_box(const struct source *s, const struct nn_normalize *how, double least,
                    struct map *map)
{
    double left = INFINITY, right = -INFINITY, wide, high;
    int top = s->shape.h, bottom = -1;

    for (int y = 0; y < s->shape.h; y++)
        for (int x = 0; x < s->shape.w; x++)
            if (distance_at(s, y, x) >= least) {
                const double along = x - map->slant * (y - map->my);

                left = fmin(left, along);
                right = fmax(right, along);
                top = y < top ? y : top;
                bottom = y;
            }
    wide = right - left + 1;
    high = bottom - top + 1;
    if (how->width || how->size) {
        map->scale_x = how->width ? how->width / wide : how->size / fmax(wide, high);
        map->from_x = (left + right) / 2;
        map->to_x = (s->shape.w - 1) / 2.0;
    }
    if (how->height || how->size) {
        map->scale_y = how->height ? how->height / high : how->size / fmax(wide, high);
        map->from_y = (top + bottom) / 2.0;
        map->to_y = (s->shape.h - 1) / 2.0;
    }
}

/* Returns the value at a point, bilinearly between its four neighbours. */
static double value_at(const struct source *s, int c, double y, double x)
{
    const double row = floor(y), column = floor(x), fy = y - row, fx = x - column;
    const int i = (int)row, j = (int)column;
    double above, below;

    if (row < -1 || row >= s->shape.h || column < -1 || column >= s->shape.w)
        return ground_of(s, c);
    above = (1 - fx) * pixel_at(s, c, i, j) + fx * pixel_at(s, c, i, j + 1);
    below = (1 - fx) * pixel_at(s, c, i + 1, j) + fx * pixel_at(s, c, i + 1, j + 1);
    return (1 - fy) * above + fy * below;
}

/* Returns how many samples a new pixel takes along a side: as many as old pixels fall on it. A hair
 * of rounding above a whole number makes no further one. */
static int samples_of(double scale)
{
    return scale < 1 ? (int)ceil(1 / scale - 1e-6) : 1;
}

/* Returns a new pixel: the mean of n by m points spread evenly over it. */
static double sample(const struct source *s, const struct map *map, int c, int y, int x)
{
    const int n = samples_of(map->scale_y), m = samples_of(map->scale_x);
    double sum = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            const double new_y = y + (i + 0.5) / n - 0.5, new_x = x + (j + 0.5) / m - 0.5;
            const double down = (new_y - map->to_y) / map->scale_y + map->from_y;
            const double along =
                (new_x - map->to_x) / map->scale_x + map->from_x + map->slant * (down - map->my);

            sum += value_at(s, c, down, along);
        }
    return sum / (n * m);
}

void nn_normalize_picture(const struct nn_normalize *how, struct nn_shape shape, const void *pixels,
                          bool u8, void *out)
{
    const struct source s = {shape, pixels, u8, how->background};
    const double least = least_distance(&s);
    struct map map = {.scale_x = 1, .scale_y = 1};
    ptrdiff_t at = 0;

    if (!(least > 0) || !nn_normalize_any(how)) {
        memcpy(out, pixels,
               (size_t)shape.c * (size_t)shape.h * (size_t)shape.w * (u8 ? 1 : sizeof(float)));
        return;
    }
    if (how->deskew)
        find_slant(&s, least, &map.slant, &map.my);
    map_box(&s, how, least, &map);
    for (int c = 0; c < shape.c; c++)
        for (int y = 0; y < shape.h; y++)
            for (int x = 0; x < shape.w; x++, at++) {
                const double value = sample(&s, &map, c, y, x);

                if (u8)
                    ((uint8_t *)out)[at] = (uint8_t)(value + 0.5);
                else
                    ((float *)out)[at] = (float)value;
            }
}
