/* The range of a data set's pixels: measured, compared with another, kept in tensor files. */
#include "data_range.h"

#include "pipeline/base/json.h"
#include "pipeline/tensor/meta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Measuring ---- */

struct picture {
    double min, max, sum;
};

/* Every pixel of a CSV comes through here: so sixteen at a time, in vectors as gcc and clang have
 * them, whose sums of two bytes fit 16 bits for STEPS times. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t pairs8 __attribute__((vector_size(16)));

static double sum_u8(const uint8_t *pixel, size_t count)
{
    enum { STEPS = 128 };
    uint64_t sum = 0;
    size_t i = 0;

    while (i + sizeof(bytes16) <= count) {
        pairs8 part = {0};

        for (int step = 0; step < STEPS && i + sizeof(bytes16) <= count;
             step++, i += sizeof(bytes16)) {
            pairs8 v;

            memcpy(&v, pixel + i, sizeof v);
            part += (v & 0xff) + (v >> 8);
        }
        for (size_t k = 0; k < sizeof part / sizeof part[0]; k++)
            sum += part[k];
    }
    for (; i < count; i++)
        sum += pixel[i];
    return (double)sum;
}

static bytes16 choose(bytes16 mask, bytes16 a, bytes16 b)
{
    return (a & mask) | (b & ~mask);
}

static struct picture measure_u8(const uint8_t *pixel, size_t count)
{
    bytes16 min = ~(bytes16){0}, max = {0};
    uint8_t least = 255, most = 0;
    size_t i = 0;

    for (; i + sizeof min <= count; i += sizeof min) {
        bytes16 v;

        memcpy(&v, pixel + i, sizeof v);
        min = choose((bytes16)(v < min), v, min);
        max = choose((bytes16)(v > max), v, max);
    }
    for (size_t k = 0; k < sizeof min; k++) {
        least = min[k] < least ? min[k] : least;
        most = max[k] > most ? max[k] : most;
    }
    for (; i < count; i++) {
        least = pixel[i] < least ? pixel[i] : least;
        most = pixel[i] > most ? pixel[i] : most;
    }
    return (struct picture){least, most, sum_u8(pixel, count)};
}

static struct picture measure_f32(const float *pixel, size_t count)
{
    double sum = 0;
    float min = INFINITY, max = -INFINITY;

    for (size_t i = 0; i < count; i++) {
        sum += (double)pixel[i];
        min = pixel[i] < min ? pixel[i] : min;
        max = pixel[i] > max ? pixel[i] : max;
    }
    return (struct picture){(double)min, (double)max, sum};
}

/* Measures a picture; once bytes have been 0 and 255 nothing is outside that. */
static struct picture measure(const struct data_sums *s, const void *image, size_t pixels)
{
    if (s->pixel != DTYPE_U8)
        return measure_f32(image, pixels);
    if (s->rows && s->min <= 0 && s->max >= 255)
        return (struct picture){s->min, s->max, sum_u8(image, pixels)};
    return measure_u8(image, pixels);
}

static double corners_sum(const struct data_sums *of, const void *image)
{
    const int w = of->w, area = of->h * w, corner[] = {0, w - 1, area - w, area - 1};
    double sum = 0;

    for (int c = 0; c < of->c; c++)
        for (int i = 0; i < 4; i++) {
            const int at = c * area + corner[i];

            sum += of->pixel == DTYPE_U8 ? ((const uint8_t *)image)[at]
                                         : (double)((const float *)image)[at];
        }
    return sum;
}

void data_sums_add(struct data_sums *s, const void *images, int64_t count)
{
    const size_t pixels = (size_t)s->c * (size_t)s->h * (size_t)s->w;
    const char *image = images;

    for (int64_t i = 0; i < count; i++, s->rows++) {
        const struct picture p = measure(s, image, pixels);

        s->min = s->rows && s->min < p.min ? s->min : p.min;
        s->max = s->rows && s->max > p.max ? s->max : p.max;
        s->sum += p.sum;
        s->corners += corners_sum(s, image);
        image += pixels * dtype_size(s->pixel);
    }
}

struct data_range data_sums_range(const struct data_sums *s)
{
    const double planes = (double)s->rows * s->c;

    if (s->rows == 0)
        return (struct data_range){0};
    return (struct data_range){s->min, s->max, s->sum / (planes * s->h * s->w),
                               s->corners / (planes * 4)};
}

/* ---- Comparing ---- */

bool data_range_known(const struct data_range *range)
{
    return range->min < 0 || range->max > 0;
}

static double largest(const struct data_range *range)
{
    return fmax(fabs(range->min), fabs(range->max));
}

double data_range_divisor(const struct data_range *range)
{
    const double most = largest(range);
    int exponent;

    if (!data_range_known(range))
        return 1;
    if (most > 128 && most <= 255)
        return 255;
    return frexp(most, &exponent) == 0.5 ? most : ldexp(1, exponent);
}

/* Returns where a value lies between the least and the largest one: 0 to 1. */
static double place(const struct data_range *range, double value)
{
    return (value - range->min) / (range->max - range->min);
}

bool data_range_differs(const struct data_range *here, const struct data_range *usual,
                        char text[DATA_RANGE_TEXT])
{
    static const double far = 10, near_end = 0.15;
    const double most = largest(here), usual_most = largest(usual);
    double ground, usual_ground;

    if (!data_range_known(here) || !data_range_known(usual))
        return false;
    if (most >= far * usual_most || usual_most >= far * most) {
        snprintf(text, DATA_RANGE_TEXT,
                 "on another scale: their pixels go from %.4g to %.4g, not from %.4g to %.4g",
                 here->min, here->max, usual->min, usual->max);
        return true;
    }
    if (usual->min == usual->max)
        return false;
    ground = place(usual, here->ground);
    usual_ground = place(usual, usual->ground);
    if ((ground > near_end || usual_ground < 1 - near_end) &&
        (ground < 1 - near_end || usual_ground > near_end))
        return false;
    snprintf(text, DATA_RANGE_TEXT, "the other way round: their ground is %s, not %s",
             ground > 0.5 ? "bright" : "dark", ground > 0.5 ? "dark" : "bright");
    return true;
}

/* ---- In files ---- */

int data_range_add(json_t *meta, const char *path, const struct data_range *range, struct err *err)
{
    json_t *value;
    char *text;
    int result;

    if (!data_range_known(range))
        return 0;
    value = json_pack("{s:f, s:f, s:f, s:f}", "min", range->min, "max", range->max, "mean",
                      range->mean, "ground", range->ground);
    text = json_text(value, JSON_COMPACT | JSON_REAL_PRECISION(9));
    result = text ? meta_add(meta, path, "pixels", text, err) : err_memory(err, "metadata", 0);
    free(text);
    json_decref(value);
    return result;
}

int data_range_read(struct data_range *range, const struct tensor_file *file, struct err *err)
{
    json_t *value;
    int failed;

    *range = (struct data_range){0};
    if (!tensor_file_meta(file, "pixels"))
        return 0;
    value = tensor_file_meta_json(file, "pixels", err);
    if (!value)
        return -1;
    failed = json_unpack(value, "{s:F, s:F, s:F, s:F !}", "min", &range->min, "max", &range->max,
                         "mean", &range->mean, "ground", &range->ground) ||
             range->min > range->max;
    json_decref(value);
    if (!failed)
        return 0;
    return json_memory_check("metadata", err)
               ? -1
               : err_set(err, EX_DATAERR,
                         "%s: metadata 'pixels' is not {\"min\", \"max\", \"mean\", \"ground\"} of "
                         "numbers, min not above max",
                         tensor_file_path(file));
}
