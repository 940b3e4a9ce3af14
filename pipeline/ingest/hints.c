/* Hints at data that is read exactly but looks odd. */
#include "hints.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Sums over the pictures of one class, or of all. */
struct sum {
    int64_t count;
    double *pixels; /* [h][w] */
};

/* Classes that are tall and narrow in upright handwriting: the digit one, and the letter I, as data
 * sets number it from 0 or from 1. (In Fashion-MNIST class 1 is trousers.) */
static const char *const narrow[] = {"1", "8", "9"};
enum { ONE, I_FROM_0, I_FROM_1, NARROW };

enum { MOST_COMPARED = 1000 }; /* classes, each with all others */

struct hints {
    const struct dataset_info *info;
    const struct classes *classes;
    bool unlabelled_is_odd, matched;
    int64_t rows;
    int32_t label;   /* the last one */
    int64_t changes; /* of the label from row to row */
    struct sum all, class[NARROW];
    double *memory;           /* of all sums */
    int64_t ground, white;    /* pixels at the border, and those of them near white */
    double smallest, largest; /* F32 pixel; no longer kept once `common` */
    char row_numbers[200];    /* the hint that the labels may be these */
    char alike[160];          /* the hint at two classes with nearly one name */
    bool whole;               /* all pixels were whole numbers */
    double near, far; /* differences of values 1 and 3 places, or lines, apart, of colours */
    bool common;      /* nothing odd can follow from the pixels' values any more */
};

int hints_open(struct hints **hints, const struct dataset_info *info, const struct classes *classes,
               bool unlabelled_is_odd, bool matched, struct err *err)
{
    size_t plane = (size_t)info->h * (size_t)info->w;
    struct hints *h = calloc(1, sizeof *h);

    *hints = h;
    if (!h)
        return err_memory(err, "looking at the rows", 0);
    h->info = info;
    h->classes = classes;
    h->unlabelled_is_odd = unlabelled_is_odd;
    h->matched = matched;
    snprintf(h->row_numbers, sizeof h->row_numbers,
             "every row has a class of its own: if the labels only number or name the rows, --id "
             "%.80s says so",
             info->label_column ? info->label_column : "COLUMN");
    h->whole = true;
    h->common = info->pixel == DTYPE_U8 || matched;
    h->memory = calloc((1 + NARROW) * plane, sizeof *h->memory);
    if (!h->memory)
        return err_memory(err, "looking at the rows", plane * sizeof *h->memory);
    h->all.pixels = h->memory;
    for (int i = 0; i < NARROW; i++)
        h->class[i].pixels = h->memory + (size_t)(1 + i) * plane;
    return 0;
}

/* ---- Rows ---- */

static double pixel_at(const struct hints *h, const void *image, int at)
{
    return h->info->pixel == DTYPE_U8 ? ((const uint8_t *)image)[at]
                                      : (double)((const float *)image)[at];
}

static void add(const struct hints *h, struct sum *sum, const void *image)
{
    const int plane = h->info->h * h->info->w;
    const uint8_t *u8 = image;
    const float *f32 = image;
    double *pixels = sum->pixels;

    sum->count++;
    if (h->info->pixel == DTYPE_U8)
        for (int i = 0; i < plane; i++)
            pixels[i] += u8[i];
    else
        for (int i = 0; i < plane; i++)
            pixels[i] += (double)f32[i];
}

static void look_at_border(struct hints *h, const void *image)
{
    enum { NEAR_WHITE = 240 };
    int height = h->info->h, width = h->info->w;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x += y == 0 || y == height - 1 || width == 1 ? 1 : width - 1) {
            h->ground++;
            h->white += pixel_at(h, image, y * width + x) >= NEAR_WHITE;
        }
}

/* Returns the value that was the i-th in the source. */
static double source_value(const struct hints *h, const void *image, int i)
{
    int c = h->info->c, plane = h->info->h * h->info->w;

    return pixel_at(h, image, h->info->interleaved ? i % c * plane + i / c : i);
}

/* Compares values: with the channels after one another, a value is like the next one and that a
 * line of w values later; with the channels together, like the third one and that 3 w values later.
 */
static void look_at_channels(struct hints *h, const void *image)
{
    const int w = h->info->w, count = h->info->c * h->info->h * w - 3 * w;

    for (int i = 0; i < count; i++) {
        double value = source_value(h, image, i);

        h->near += fabs(value - source_value(h, image, i + 1));
        h->near += fabs(value - source_value(h, image, i + w));
        h->far += fabs(value - source_value(h, image, i + 3));
        h->far += fabs(value - source_value(h, image, i + 3 * w));
    }
}

/* Looks at the first channel, which is taken for all but in colours. */
static void look_at_picture(struct hints *h, const char *class, const void *image)
{
    add(h, &h->all, image);
    for (int i = 0; class && i < NARROW; i++)
        if (strcmp(class, narrow[i]) == 0)
            add(h, &h->class[i], image);
    look_at_border(h, image);
    if (h->info->c == 3 && !h->info->transposed)
        look_at_channels(h, image);
}

/* Looks at values until one shows that they are no bytes in disguise: as a rule in the first
 * picture. */
static void look_at_values(struct hints *h, const void *image)
{
    int count = h->info->c * h->info->h * h->info->w;

    for (int i = 0; i < count && !h->common; i++) {
        double value = (double)((const float *)image)[i];

        h->smallest = fmin(h->smallest, value);
        h->largest = fmax(h->largest, value);
        h->whole = h->whole && value == floor(value);
        h->common = !h->whole || h->largest > 255 || h->smallest < 0;
    }
}

void hints_rows(struct hints *h, const int32_t *labels, const void *images, int64_t count)
{
    enum { ALL_OF = 1000, ONE_IN = 16 };
    size_t bytes = dataset_image_bytes(h->info);

    for (int64_t i = 0; i < count; i++, h->rows++) {
        const char *image = (const char *)images + (size_t)i * bytes;

        if (labels) {
            h->changes += h->rows > 0 && labels[i] != h->label;
            h->label = labels[i];
        }
        if (!h->common)
            look_at_values(h, image);
        if (h->rows < ALL_OF || h->rows % ONE_IN == 0)
            look_at_picture(h, labels ? h->classes->list[labels[i]].text : NULL, image);
    }
}

/* ---- What they say ---- */

static int classes_seen(const struct hints *h)
{
    int seen = 0;

    for (int i = 0; i < h->classes->count; i++)
        seen += h->classes->list[i].rows > 0;
    return seen;
}

static bool is_sorted(const struct hints *h)
{
    enum { LONG = 10 }; /* rows of a class */
    int seen = classes_seen(h);

    return seen > 1 && h->changes == seen - 1 && h->rows / seen >= LONG;
}

static bool is_inverted(const struct hints *h)
{
    return h->info->pixel == DTYPE_U8 && h->info->c == 1 && 4 * h->white > 3 * h->ground;
}

/* Returns how much wider than high the strokes of a mean picture are: the ratio of their variances.
 */
static double elongation(const struct hints *h, const struct sum *sum)
{
    double weight = 0, x_sum = 0, y_sum = 0, xx = 0, yy = 0;
    double white = is_inverted(h) ? 255.0 * (double)sum->count : 0;

    for (int y = 0; y < h->info->h; y++)
        for (int x = 0; x < h->info->w; x++) {
            double ink = fabs(white - sum->pixels[y * h->info->w + x]);

            weight += ink;
            x_sum += ink * x;
            y_sum += ink * y;
            xx += ink * x * x;
            yy += ink * y * y;
        }
    xx = xx / weight - x_sum / weight * (x_sum / weight);
    yy = yy / weight - y_sum / weight * (y_sum / weight);
    return yy > 0 ? xx / yy : 0;
}

/* Tells whether the classes are the numbers first..last, each with rows. */
static bool classes_are(const struct hints *h, int first, int last)
{
    char text[16];

    for (int i = first; i <= last; i++) {
        int number;

        snprintf(text, sizeof text, "%d", i);
        number = classes_find(h->classes, text, strlen(text));
        if (number < 0 || h->classes->list[number].rows == 0)
            return false;
    }
    return h->classes->count == last - first + 1;
}

/* Finds the class that is narrow if these are handwritten digits or letters, in the numbering of
 * MNIST and its relatives; or NULL. EMNIST's balanced and by-merge sets have 47 classes, by-class
 * 62, and letters 26 from 1 on. */
static const struct sum *narrow_class(const struct hints *h)
{
    if (classes_are(h, 0, 9) || classes_are(h, 0, 46) || classes_are(h, 0, 61))
        return &h->class[ONE];
    if (classes_are(h, 0, 25))
        return &h->class[I_FROM_0];
    return classes_are(h, 1, 26) ? &h->class[I_FROM_1] : NULL;
}

/* Tells whether strokes lie. Upright, MNIST's mean one has 0.2, and so have Fashion-MNIST's
 * trousers; transposed, 5. All pictures together have 0.6 and 0.7, transposed 1.8 and 1.5, and must
 * not contradict: a Chinese one lies, too. */
static bool is_lying(const struct hints *h)
{
    const struct sum *class = h->info->c == 1 && h->info->h == h->info->w ? narrow_class(h) : NULL;
    double enough = h->classes->count == 10 ? 1.2 : 1;

    return class && elongation(h, class) > 2.5 && elongation(h, &h->all) > enough;
}

/* Tells whether the channels look as if they lay the other way. Pictures have 1.4 and more in the
 * wrong order, 0.7 and less in the right one, noise 1. */
static bool has_other_channels(const struct hints *h)
{
    const double enough = 1.3;

    return h->info->interleaved ? h->far > enough * h->near : h->near > enough * h->far;
}

static bool every_row_has_a_class(const struct hints *h)
{
    enum { FEW = 20 }; /* rows */

    return h->info->has_labels && !h->matched && h->rows >= FEW && classes_seen(h) == h->rows;
}

/* Writes the hint of two classes whose names are the same but for capitals; "": there are none. */
static const char *say_alike(struct hints *h)
{
    const struct class_entry *list = h->classes->list;
    const int count = h->classes->count < MOST_COMPARED ? h->classes->count : MOST_COMPARED;

    *h->alike = 0;
    for (int i = 0; i < count && !*h->alike && !h->matched; i++)
        for (int k = 0; k < i && !*h->alike; k++)
            if (list[i].text[0] && list[i].text[1] && /* letters may well be two */
                strcasecmp(list[i].text, list[k].text) == 0)
                snprintf(h->alike, sizeof h->alike,
                         "the classes '%.40s' and '%.40s' differ by capitals alone: are they one?",
                         list[k].text, list[i].text);
    return h->alike;
}

int hints_list(struct hints *h, const char *list[HINTS_MOST])
{
    enum { SAME_LABELS = 10 }; /* rows */
    int count = 0;

    if (h->info->has_labels && classes_seen(h) == 1 && h->rows >= SAME_LABELS)
        list[count++] =
            "all labels are the same: if they only fill the column, --label none leaves "
            "them out";
    if (every_row_has_a_class(h))
        list[count++] = h->row_numbers;
    if (h->info->has_labels && *say_alike(h))
        list[count++] = h->alike;
    if (h->rows < HINTS_ROWS)
        return count;
    if (h->unlabelled_is_odd && !h->info->has_labels)
        list[count++] = "there are no labels: test data is read --like its training data, and of "
                        "training data --label says which column has them";
    if (is_lying(h))
        list[count++] = h->info->transposed
                            ? "the pictures look upright without --transpose, transposed with it"
                            : "the pictures look transposed, as EMNIST's are; try --transpose";
    if (is_sorted(h))
        list[count++] = "the rows are sorted by label: let split draw parts of them, and do not "
                        "train with fit --limit-rows or --shuffle no";
    if (!h->common && h->largest > 1)
        list[count++] =
            "all pixels are whole numbers from 0 to 255: without --dtype f32 they take a "
            "quarter of the room";
    if (has_other_channels(h))
        list[count++] = h->info->interleaved
                            ? "the colours look scrambled: values side by side are much more alike "
                              "than those 3 columns apart, which --shape 3xHxW is for"
                            : "the colours look scrambled: values 3 columns apart are much more "
                              "alike than those side by side, which --shape HxWx3 is for";
    if (is_inverted(h) && !h->matched)
        list[count++] = "the ground is white, that of MNIST and its relatives is black: models of "
                        "the one are of no use for the other";
    return count;
}

void hints_close(struct hints *h)
{
    if (h)
        free(h->memory);
    free(h);
}
