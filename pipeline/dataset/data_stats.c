/* Class counts and pixel statistics in one pass over a data set. */
#include "data_stats.h"

#include <math.h>
#include <stdlib.h>

int data_stats_init(struct data_stats *stats, const struct dataset_info *info, struct err *err)
{
    *stats = (struct data_stats){.channels = info->c,
                                 .classes = info->has_labels ? info->class_count : 0};
    stats->channel = calloc((size_t)info->c, sizeof *stats->channel);
    if (stats->channel && info->has_labels)
        stats->class_rows = calloc((size_t)info->class_count, sizeof *stats->class_rows);
    if (!stats->channel || (info->has_labels && !stats->class_rows)) {
        data_stats_free(stats);
        return err_memory(err, "figures of the data", 0);
    }
    for (int c = 0; c < info->c; c++)
        stats->channel[c] = (struct channel_stats){INFINITY, -INFINITY, 0, 0, 0};
    return 0;
}

void data_stats_free(struct data_stats *stats)
{
    free(stats->channel);
    free(stats->class_rows);
    *stats = (struct data_stats){0};
}

/* ---- Adding ---- */

static void add_extremes(struct channel_stats *to, double min, double max)
{
    to->min = min < to->min ? min : to->min;
    to->max = max > to->max ? max : to->max;
}

/* Adds up bytes: the sums of integers are exact up to 2^37 pixels: their squares are below 2^16. */
static void add_u8(struct channel_stats *to, const uint8_t *pixel, size_t count)
{
    uint64_t sum = 0, square = 0;
    uint32_t min = 255, max = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t v = pixel[i];

        sum += v;
        square += v * v;
        min = v < min ? v : min;
        max = v > max ? v : max;
    }
    to->sum += (double)sum;
    to->square += (double)square;
    add_extremes(to, min, max);
}

static void add_f32(struct channel_stats *to, const float *pixel, size_t count)
{
    double sum = 0, square = 0, min = INFINITY, max = -INFINITY;

    for (size_t i = 0; i < count; i++) {
        const double v = (double)pixel[i], d = v - to->origin;

        sum += d;
        square += d * d;
        min = v < min ? v : min;
        max = v > max ? v : max;
    }
    to->sum += sum;
    to->square += square;
    add_extremes(to, min, max);
}

static void add_pixels(struct data_stats *stats, const struct dataset_info *info,
                       const struct dataset_chunk *chunk)
{
    const size_t plane = (size_t)info->h * info->w;
    const uint8_t *u8 = chunk->images;
    const float *f32 = chunk->images;

    for (int c = 0; c < info->c && stats->rows == 0 && info->pixel == DTYPE_F32; c++)
        stats->channel[c].origin = (double)f32[(size_t)c * plane];
    for (int64_t row = 0; row < chunk->count; row++)
        for (int c = 0; c < info->c; c++) {
            const size_t at = ((size_t)row * info->c + (size_t)c) * plane;

            if (info->pixel == DTYPE_U8)
                add_u8(&stats->channel[c], u8 + at, plane);
            else
                add_f32(&stats->channel[c], f32 + at, plane);
        }
    stats->pixels += chunk->count * (int64_t)plane;
}

void data_stats_add(struct data_stats *stats, const struct dataset_info *info,
                    const struct dataset_chunk *chunk)
{
    add_pixels(stats, info, chunk);
    stats->rows += chunk->count;
    for (int64_t row = 0; row < chunk->count && stats->class_rows; row++)
        stats->class_rows[dataset_class(info, chunk, row)]++;
}

/* ---- Asking ---- */

static double channel_mean(const struct data_stats *stats, int c)
{
    return stats->channel[c].origin + stats->channel[c].sum / (double)stats->pixels;
}

double data_stats_mean(const struct data_stats *stats, int channel)
{
    double sum = 0;

    if (stats->pixels == 0)
        return 0;
    if (channel >= 0)
        return channel_mean(stats, channel);
    for (int c = 0; c < stats->channels; c++)
        sum += channel_mean(stats, c);
    return sum / stats->channels;
}

static double channel_variance(const struct data_stats *stats, int c)
{
    const double n = (double)stats->pixels, mean = stats->channel[c].sum / n;

    return fmax(stats->channel[c].square / n - mean * mean, 0);
}

/* Returns the standard deviation; of all channels by the mean of their variances and the variance
 * of their means. */
double data_stats_std(const struct data_stats *stats, int channel)
{
    double sum = 0;

    if (stats->pixels == 0)
        return 0;
    if (channel >= 0)
        return sqrt(channel_variance(stats, channel));
    for (int c = 0; c < stats->channels; c++) {
        const double off = channel_mean(stats, c) - data_stats_mean(stats, -1);

        sum += channel_variance(stats, c) + off * off;
    }
    return sqrt(sum / stats->channels);
}

double data_stats_min(const struct data_stats *stats, int channel)
{
    double min = INFINITY;

    if (stats->pixels == 0)
        return 0;
    for (int c = 0; c < stats->channels; c++)
        if (channel < 0 || channel == c)
            min = fmin(min, stats->channel[c].min);
    return min;
}

double data_stats_max(const struct data_stats *stats, int channel)
{
    double max = -INFINITY;

    if (stats->pixels == 0)
        return 0;
    for (int c = 0; c < stats->channels; c++)
        if (channel < 0 || channel == c)
            max = fmax(max, stats->channel[c].max);
    return max;
}
