/* Whole data sets in memory, to train on or to score. */
#include "samples.h"

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

/* Appends `more`, whose rows are of `size` bytes, to the `count` rows of *all. */
static int append(void **all, int64_t count, const void *more, int64_t added, size_t size,
                  struct err *err)
{
    char *grown = realloc(*all, (size_t)(count + added) * size);

    if (!grown)
        return err_memory(err, "the data", (unsigned long long)(count + added) * size);
    memcpy(grown + (size_t)count * size, more, (size_t)added * size);
    *all = grown;
    return 0;
}

static int add_rows(struct samples *samples, const struct dataset_chunk *more, struct err *err)
{
    const struct dataset_info *info = &samples->info;
    const size_t label = (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
    struct dataset_chunk *rows = &samples->rows;

    free(rows->groups);
    rows->groups = NULL;
    if (append(&rows->images, rows->count, more->images, more->count, dataset_image_bytes(info),
               err) ||
        append(&rows->labels, rows->count, more->labels, more->count, label, err))
        return -1;
    rows->count += more->count;
    return 0;
}

/* Adds a second or later data set, which has to be like the first. */
static int add_dataset(struct samples *samples, const char *first_path, struct dataset *dataset,
                       const char *path, struct err *err)
{
    struct dataset_chunk rows = {0};
    int result;

    if (dataset_compatible(first_path, &samples->info, path, &dataset->info, err))
        return -1;
    if (dataset->info.pixel != samples->info.pixel ||
        dataset->info.soft_labels != samples->info.soft_labels)
        return err_set(err, EX_DATAERR, "%s: its pixels or labels are of another type than %s has",
                       path, first_path);
    if (dataset_load(dataset, &rows, err))
        return -1;
    result = add_rows(samples, &rows, err);
    dataset_chunk_free(&rows);
    return result;
}

/* Takes over the first data set's rows and description. */
static int take_dataset(struct samples *samples, struct dataset *dataset, struct err *err)
{
    if (dataset_load(dataset, &samples->rows, err))
        return -1;
    samples->info = dataset->info;
    dataset->info = (struct dataset_info){0};
    free(samples->rows.rows);
    free(samples->rows.ids);
    samples->rows.rows = samples->rows.ids = NULL;
    return 0;
}

static int load_one(struct samples *samples, const char *first_path, const char *path,
                    struct inputs *inputs, const char *role, char digest[DIGEST_TEXT],
                    struct err *err)
{
    struct dataset dataset = {0};
    int result = -1;

    if (dataset_open(&dataset, path, inputs, role, err) == 0 && check(&dataset, path, err) == 0) {
        memcpy(digest, tensor_file_digest(dataset.file), DIGEST_TEXT);
        result = path == first_path ? take_dataset(samples, &dataset, err)
                                    : add_dataset(samples, first_path, &dataset, path, err);
    }
    dataset_close(&dataset);
    return result;
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

int samples_load(struct samples *samples, char *const *paths, int count, struct inputs *inputs,
                 const char *role, struct err *err)
{
    char(*digests)[DIGEST_TEXT] = calloc((size_t)count, sizeof *digests);
    int result;

    *samples = (struct samples){0};
    result = digests ? 0 : err_memory(err, "digests", 0);
    for (int i = 0; i < count && result == 0; i++)
        result = load_one(samples, paths[0], paths[i], inputs, role, digests[i], err);
    if (result == 0) {
        set_digest(samples, digests, count);
        samples->data = samples_view(&samples->info, &samples->rows);
        measure_pixels(samples);
    }
    free(digests);
    return result;
}

void samples_free(struct samples *samples)
{
    dataset_chunk_free(&samples->rows);
    dataset_info_free(&samples->info);
    *samples = (struct samples){0};
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
