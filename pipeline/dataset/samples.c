/* Whole data sets in memory, to train on or to score. */
#include "samples.h"

#include "keys.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/memory.h"
#include "rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct nn_data samples_view(const struct dataset_info *info, const struct dataset_chunk *chunk)
{
    struct nn_data data = {.n = chunk->count};

    if (info->pixel == DTYPE_U8)
        data.u8 = chunk->images;
    else
        data.f32 = chunk->images;
    if (info->has_labels && info->soft_labels)
        data.soft = chunk->labels;
    else if (info->has_labels)
        data.onehot = chunk->labels;
    return data;
}

static int check(const struct dataset *dataset, const char *path, struct err *err)
{
    if (!dataset->info.has_labels)
        return err_set(
            err, EX_DATAERR,
            "%s: it has no labels, and training and scoring need them; if this is not the "
            "test data: ingest --label COLUMN, or --idx IMAGES LABELS",
            path);
    if (dataset->n == 0)
        return err_set(err, EX_DATAERR, "%s: it has no rows", path);
    return 0;
}

/* Compares a second or later data set with the first. */
static int check_alike(const char *first_path, const struct dataset *first, const char *path,
                       const struct dataset *dataset, struct err *err)
{
    if (dataset_compatible(first_path, &first->info, path, &dataset->info, err))
        return -1;
    if (dataset->info.pixel != first->info.pixel ||
        dataset->info.soft_labels != first->info.soft_labels)
        return err_set(err, EX_DATAERR, "%s: its pixels or labels are of another type than %s has",
                       path, first_path);
    return 0;
}

/* Makes room for all rows, pixels in a temporary file in the folder `spool` if that is given;
 * groups are kept of a single data set. */
static int make_room(struct samples *samples, const struct dataset *first, int64_t n, bool groups,
                     const char *spool, struct err *err)
{
    const struct dataset_info *info = &first->info;
    const size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
    struct dataset_chunk *rows = &samples->rows;

    rows->room = n;
    if (spool) {
        if (mapped_rows_open(&samples->mapped, spool, n, dataset_image_bytes(info), err))
            return -1;
        rows->images = samples->mapped.rows;
    } else {
        rows->images = rows_alloc(n, dataset_image_bytes(info), "images", err);
    }
    if (rows->images)
        rows->labels = rows_alloc(n, label, "labels", err);
    if (rows->labels && groups)
        rows->groups = rows_alloc(n, key_bytes(info->group_width), "groups", err);
    return rows->labels && !rows->groups == !groups ? 0 : -1;
}

/* Reads a data set behind the rows so far. */
static int add_rows(struct samples *samples, struct dataset *dataset, struct err *err)
{
    enum { BLOCK = 1024 }; /* row numbers and ids are read, for they are checked, and not kept */
    const struct dataset_info *info = &dataset->info;
    const size_t image = dataset_image_bytes(info), group = key_bytes(info->group_width);
    const size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
    struct dataset_chunk *rows = &samples->rows, block;
    int64_t numbers[BLOCK];
    void *ids = info->has_ids ? malloc(BLOCK * key_bytes(info->id_width)) : NULL;
    void *groups = info->has_groups && !rows->groups ? malloc(BLOCK * group) : NULL;
    int got = 1;

    if ((info->has_ids && !ids) || (info->has_groups && !rows->groups && !groups))
        got = err_memory(err, "the data", 0);
    while (got > 0) {
        const size_t at = (size_t)rows->count;

        block = (struct dataset_chunk){.room = BLOCK,
                                       .rows = numbers,
                                       .ids = ids,
                                       .groups = rows->groups ? (char *)rows->groups + at * group
                                                              : groups,
                                       .labels = (char *)rows->labels + at * label,
                                       .images = (char *)rows->images + at * image};
        got = dataset_next(dataset, &block, err);
        rows->count += got > 0 ? block.count : 0;
    }
    free(ids);
    free(groups);
    return got;
}

static void set_digest(struct samples *samples, char (*digests)[DIGEST_TEXT], int count)
{
    if (count == 1)
        memcpy(samples->digest, digests[0], DIGEST_TEXT);
    else
        digest_text(XXH3_128bits(digests, (size_t)count * sizeof *digests), samples->digest);
}

/* Measures all of the data sets, whatever each records. */
static void measure_pixels(struct samples *samples)
{
    struct dataset_info *info = &samples->info;
    struct data_sums sums = {.c = info->c, .h = info->h, .w = info->w, .pixel = info->pixel};

    data_sums_add(&sums, samples->rows.images, samples->rows.count);
    info->pixels = data_sums_range(&sums);
}

static int load(struct samples *samples, struct dataset *list, char *const *paths, int count,
                const char *spool, struct inputs *inputs, const char *role,
                char (*digests)[DIGEST_TEXT], struct err *err)
{
    int64_t n = 0;

    for (int i = 0; i < count; i++) {
        if (dataset_open(&list[i], paths[i], inputs, role, err) || check(&list[i], paths[i], err) ||
            (i > 0 && check_alike(paths[0], &list[0], paths[i], &list[i], err)))
            return -1;
        memcpy(digests[i], tensor_file_digest(list[i].file), DIGEST_TEXT);
        n += list[i].n;
    }
    if (make_room(samples, &list[0], n, count == 1 && list[0].info.has_groups, spool, err))
        return -1;
    for (int i = 0; i < count; i++)
        if (add_rows(samples, &list[i], err))
            return -1;
    samples->info = list[0].info;
    list[0].info = (struct dataset_info){0};
    return 0;
}

int samples_load(struct samples *samples, char *const *paths, int count, const char *spool,
                 struct inputs *inputs, const char *role, struct err *err)
{
    char(*digests)[DIGEST_TEXT] = calloc((size_t)count, sizeof *digests);
    struct dataset *list = calloc((size_t)count, sizeof *list);
    int result;

    *samples = (struct samples){0};
    result = digests && list ? load(samples, list, paths, count, spool, inputs, role, digests, err)
                             : err_memory(err, "digests", 0);
    for (int i = 0; list && i < count; i++)
        dataset_close(&list[i]);
    if (result == 0) {
        set_digest(samples, digests, count);
        samples->data = samples_view(&samples->info, &samples->rows);
        if (spool) {
            samples->data.fetch = mapped_rows_fetch;
            samples->data.fetched = &samples->mapped;
        }
        measure_pixels(samples);
    }
    free(list);
    free(digests);
    return result;
}

void samples_free(struct samples *samples)
{
    if (samples->mapped.rows) {
        mapped_rows_close(&samples->mapped);
        samples->rows.images = NULL;
    }
    dataset_chunk_free(&samples->rows);
    dataset_info_free(&samples->info);
    *samples = (struct samples){0};
}

void samples_move(struct samples *to, struct samples *from)
{
    *to = *from;
    if (to->data.fetched)
        to->data.fetched = &to->mapped;
    *from = (struct samples){0};
}

static int64_t row_at(const struct nn_data *data, int64_t i)
{
    return data->index ? data->index[i] : i;
}

void samples_count(const struct samples *samples, const struct nn_data *data, int64_t *rows)
{
    for (int k = 0; k < samples->info.class_count; k++)
        rows[k] = 0;
    for (int64_t i = 0; i < data->n; i++)
        rows[dataset_class(&samples->info, &samples->rows, row_at(data, i))]++;
}

/* Adds up pixels; sums of whole numbers below 2^53 have no rounding, in whatever order. */
static void add_pixels(const struct nn_data *data, int64_t begin, int64_t size, double *sum,
                       double *square)
{
    uint64_t v = 0, v2 = 0;

    for (int64_t p = begin; data->u8 && p < begin + size; p++) {
        v += data->u8[p];
        v2 += (uint32_t)data->u8[p] * data->u8[p];
    }
    *sum += (double)v;
    *square += (double)v2;
    for (int64_t p = begin; data->f32 && p < begin + size; p++) {
        *sum += (double)data->f32[p];
        *square += (double)data->f32[p] * (double)data->f32[p];
    }
}

void samples_moments(const struct samples *samples, const struct nn_data *data, double divisor,
                     double *mean, double *std)
{
    const int64_t size = (int64_t)samples->info.c * samples->info.h * samples->info.w;
    const double count = (double)data->n * (double)size;
    double sum = 0, square = 0;

    for (int64_t i = 0; i < data->n; i++)
        add_pixels(data, row_at(data, i) * size, size, &sum, &square);
    *mean = sum / count / divisor;
    *std = sqrt(fmax(square / count - sum / count * (sum / count), 0)) / divisor;
}

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Returns the value that is there most often. */
static float commonest(float *values, int64_t count)
{
    int64_t run = 0, longest = 0;
    float best = 0;

    qsort(values, (size_t)count, sizeof *values, compare_floats);
    for (int64_t i = 0; i < count; i++) {
        run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            best = values[i];
        }
    }
    return best;
}

int samples_background(const struct samples *samples, const struct nn_data *data, float *background,
                       struct err *err)
{
    enum { MOST_ROWS = 10000, CORNERS = 4 };
    const int64_t rows = data->n < MOST_ROWS ? data->n : MOST_ROWS;
    const int w = samples->info.w, area = samples->info.h * w;
    const int corners[CORNERS] = {0, w - 1, area - w, area - 1};
    float *values = rows_alloc(rows, CORNERS * sizeof *values, "corners of pictures", err);

    if (!values)
        return -1;
    for (int c = 0; c < samples->info.c; c++) {
        for (int64_t i = 0; i < rows * CORNERS; i++) {
            const int64_t at =
                (row_at(data, i / CORNERS) * samples->info.c + c) * area + corners[i % CORNERS];

            values[i] = data->u8 ? data->u8[at] : data->f32[at];
        }
        background[c] = commonest(values, rows * CORNERS);
    }
    free(values);
    return 0;
}
