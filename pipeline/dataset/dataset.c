/* Opens dataset/1 files, and compares data sets with each other. */
#include "dataset.h"

#include "keys.h"
#include "pipeline/base/memory.h"
#include "pipeline/tensor/meta.h"
#include "rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- What a data set says of itself ---- */

void dataset_info_free(struct dataset_info *info)
{
    texts_free(info->classes, info->class_count);
    texts_free(info->class_names, info->class_count);
    texts_free(info->columns, info->column_count);
    free(info->background);
    free(info->label_column);
    free(info->id_column);
    free(info->group_column);
    free(info->source);
    *info = (struct dataset_info){0};
}

size_t dataset_image_bytes(const struct dataset_info *info)
{
    return (size_t)info->c * (size_t)info->h * (size_t)info->w * dtype_size(info->pixel);
}

static int same_texts(const char *path_a, char *const *a, int count_a, const char *path_b,
                      char *const *b, int count_b, const char *one, const char *many,
                      struct err *err)
{
    if (!a || !b)
        return 0;
    if (count_a != count_b)
        return err_set(err, EX_DATAERR, "%s has %d %s, %s has %d", path_a, count_a, many, path_b,
                       count_b);
    for (int i = 0; i < count_a; i++)
        if (strcmp(a[i], b[i]))
            return err_set(err, EX_DATAERR, "%s: %s %d is '%.64s', that of %s is '%.64s'", path_a,
                           one, i + 1, a[i], path_b, b[i]);
    return 0;
}

bool dataset_same_shape(const struct dataset_info *a, const struct dataset_info *b)
{
    return a->c == b->c && a->h == b->h && a->w == b->w;
}

const char *dataset_class_missing(const struct dataset_info *a, const struct dataset_info *b)
{
    for (int i = 0; a->classes && b->classes && i < a->class_count; i++) {
        int k = 0;

        while (k < b->class_count && strcmp(a->classes[i], b->classes[k]))
            k++;
        if (k == b->class_count)
            return a->classes[i];
    }
    return NULL;
}

static int refuse_class(const char *path, const char *class, const char *other,
                        const struct dataset_info *info, struct err *err)
{
    return err_set(err, EX_DATAERR, "class '%.64s' of %s is none of the %d classes of %s", class,
                   path, info->class_count, other);
}

int dataset_compatible(const char *path_a, const struct dataset_info *a, const char *path_b,
                       const struct dataset_info *b, struct err *err)
{
    if (!dataset_same_shape(a, b))
        return err_set(err, EX_DATAERR, "%s: the images are %dx%dx%d, those of %s are %dx%dx%d",
                       path_a, a->c, a->h, a->w, path_b, b->c, b->h, b->w);
    if (dataset_class_missing(a, b))
        return refuse_class(path_a, dataset_class_missing(a, b), path_b, b, err);
    if (dataset_class_missing(b, a))
        return refuse_class(path_b, dataset_class_missing(b, a), path_a, a, err);
    if (same_texts(path_a, a->classes, a->class_count, path_b, b->classes, b->class_count, "class",
                   "classes", err))
        return -1;
    return same_texts(path_a, a->columns, a->column_count, path_b, b->columns, b->column_count,
                      "pixel column", "pixel columns", err);
}

/* ---- Opening ---- */

static int check_images(struct dataset *dataset, struct err *err)
{
    const char *path = tensor_file_path(dataset->file);
    const struct tensor *images = tensor_file_find(dataset->file, "images");
    struct dataset_info *info = &dataset->info;
    int64_t pixels = 1;

    if (!images)
        return err_set(err, EX_DATAERR, "%s: tensor 'images' is missing", path);
    info->pixel = images->dtype == DTYPE_F32 ? DTYPE_F32 : DTYPE_U8;
    if (tensor_expect(path, images, info->pixel, 4, (int64_t[]){-1, -1, -1, -1}, err))
        return -1;
    for (int i = 1; i < 4; i++) {
        if (images->dims[i] >= 1 && images->dims[i] <= PICTURE_MOST_SIDE)
            pixels *= images->dims[i];
        else
            pixels = -1;
        if (pixels < 1 || pixels > PICTURE_MOST_PIXELS)
            return err_set(err, EX_DATAERR,
                           "%s: images of %lldx%lldx%lld pixels are not possible: 1 to %d a side "
                           "and at most %d in all",
                           path, (long long)images->dims[1], (long long)images->dims[2],
                           (long long)images->dims[3], PICTURE_MOST_SIDE, PICTURE_MOST_PIXELS);
    }
    dataset->n = images->dims[0];
    info->c = (int)images->dims[1];
    info->h = (int)images->dims[2];
    info->w = (int)images->dims[3];
    info->column_count = (int)pixels;
    return 0;
}

static int read_columns(struct dataset *dataset, struct err *err)
{
    struct dataset_info *info = &dataset->info;
    int pixels = info->column_count;

    if (meta_get_list(dataset->file, "columns", &info->columns, &info->column_count, err))
        return -1;
    if (info->columns && info->column_count != pixels)
        return err_set(err, EX_DATAERR, "%s: %d names in metadata 'columns' for %d pixels",
                       tensor_file_path(dataset->file), info->column_count, pixels);
    info->column_count = pixels;
    return 0;
}

static int read_source(struct dataset *dataset, struct err *err)
{
    struct dataset_info *info = &dataset->info;
    const char *path = tensor_file_path(dataset->file);
    const char *bytes = tensor_file_meta(dataset->file, "source_bytes");
    char *end = NULL;

    if (meta_get(dataset->file, "source", &info->source, err) ||
        meta_get_digest(dataset->file, "source_digest", info->source_digest, err))
        return -1;
    if (!info->source)
        return err_set(err, EX_DATAERR, "%s: metadata 'source' is missing", path);
    errno = 0;
    if (bytes && *bytes >= '0' && *bytes <= '9')
        info->source_bytes = strtoll(bytes, &end, 10);
    if (!end || *end || errno)
        return err_set(err, EX_DATAERR, "%s: metadata 'source_bytes' is not a number of bytes",
                       path);
    return 0;
}

static int read_yes(const struct dataset *dataset, const char *key, bool *yes, struct err *err)
{
    const char *text = tensor_file_meta(dataset->file, key);

    *yes = text != NULL;
    if (text && strcmp(text, "yes"))
        return err_set(err, EX_DATAERR, "%s: metadata '%s' is neither absent nor 'yes'",
                       tensor_file_path(dataset->file), key);
    return 0;
}

/* Refuses a file of csvnet 0.1's predict --pseudo-labels: nobody must take its labels for the
 * truth.
 */
static int refuse_predicted_labels(const struct tensor_file *file, struct err *err)
{
    if (!tensor_file_meta(file, "pseudo_labels"))
        return 0;
    return err_set(
        err, EX_DATAERR,
        "%s: models predicted its labels (pseudo-labels, as csvnet 0.1 wrote them); this "
        "version neither trains on them nor scores by them",
        tensor_file_path(file));
}

static int read_groups(struct dataset *dataset, struct err *err)
{
    const struct tensor *groups = tensor_file_find(dataset->file, "groups");

    dataset->info.has_groups = groups;
    return groups ? keys_tensor_check(tensor_file_path(dataset->file), groups, dataset->n,
                                      &dataset->info.group_width, err)
                  : 0;
}

static int read_info(struct dataset *dataset, struct err *err)
{
    struct dataset_info *info = &dataset->info;
    struct row_tensors found;

    if (tensor_file_expect(dataset->file, "dataset/1", err) || check_images(dataset, err) ||
        read_columns(dataset, err) || read_yes(dataset, "transposed", &info->transposed, err) ||
        read_yes(dataset, "interleaved", &info->interleaved, err) ||
        read_yes(dataset, "reordered", &info->reordered, err) || read_source(dataset, err) ||
        data_range_read(&info->pixels, dataset->file, err) ||
        meta_get_classes(dataset->file, &info->classes, &info->class_names, &info->class_count,
                         err) ||
        meta_get(dataset->file, "background", &info->background, err) ||
        read_yes(dataset, "resized", &info->resized, err) ||
        meta_get(dataset->file, "label_column", &info->label_column, err) ||
        meta_get(dataset->file, "id_column", &info->id_column, err) ||
        meta_get(dataset->file, "group_column", &info->group_column, err) ||
        refuse_predicted_labels(dataset->file, err) ||
        row_tensors_check(&found, dataset->file, dataset->n, info->class_count, err) ||
        read_groups(dataset, err) ||
        row_tensors_no_others(dataset->file, found.count + info->has_groups + 1,
                              "rows, ids, groups, labels and images", err))
        return -1;
    info->has_ids = found.has_ids;
    info->id_width = found.id_width;
    info->has_labels = found.has_labels;
    info->soft_labels = found.soft_labels;
    return 0;
}

static int open_cursors(struct dataset *dataset, struct err *err)
{
    const struct dataset_info *info = &dataset->info;

    if (tensor_cursor_open(&dataset->rows, dataset->file, "rows", err) ||
        (info->has_ids && tensor_cursor_open(&dataset->ids, dataset->file, "ids", err)) ||
        (info->has_groups && tensor_cursor_open(&dataset->groups, dataset->file, "groups", err)) ||
        (info->has_labels && tensor_cursor_open(&dataset->labels, dataset->file, "labels", err)))
        return -1;
    return tensor_cursor_open(&dataset->images, dataset->file, "images", err);
}

int dataset_open(struct dataset *dataset, const char *path, struct inputs *inputs, const char *role,
                 struct err *err)
{
    *dataset = (struct dataset){0};
    if (tensor_file_open(&dataset->file, path, inputs, role, err) || read_info(dataset, err) ||
        open_cursors(dataset, err)) {
        dataset_close(dataset);
        return -1;
    }
    return 0;
}

static size_t label_bytes(const struct dataset_info *info)
{
    return (size_t)info->class_count * (info->soft_labels ? sizeof(float) : 1);
}

int64_t dataset_rows_in(const struct dataset_info *info, size_t bytes)
{
    const size_t row = sizeof(int64_t) + dataset_image_bytes(info) +
                       (info->has_ids ? key_bytes(info->id_width) : 0) +
                       (info->has_groups ? key_bytes(info->group_width) : 0) +
                       (info->has_labels ? label_bytes(info) : 0);

    return row < bytes ? (int64_t)(bytes / row) : 1;
}

int dataset_chunk_init(struct dataset_chunk *chunk, const struct dataset *dataset, int64_t room,
                       struct err *err)
{
    const struct dataset_info *info = &dataset->info;

    *chunk = (struct dataset_chunk){.room = room < dataset->n ? room : dataset->n};
    chunk->rows = rows_alloc(chunk->room, sizeof *chunk->rows, "row numbers", err);
    if (chunk->rows)
        chunk->images = rows_alloc(chunk->room, dataset_image_bytes(info), "images", err);
    if (chunk->images && info->has_ids)
        chunk->ids = rows_alloc(chunk->room, key_bytes(info->id_width), "ids", err);
    if (chunk->images && info->has_groups)
        chunk->groups = rows_alloc(chunk->room, key_bytes(info->group_width), "groups", err);
    if (chunk->images && info->has_labels)
        chunk->labels = rows_alloc(chunk->room, label_bytes(info), "labels", err);
    if (chunk->images && !chunk->ids == !info->has_ids && !chunk->groups == !info->has_groups &&
        !chunk->labels == !info->has_labels)
        return 0;
    dataset_chunk_free(chunk);
    return -1;
}

static int check_pixels(const struct dataset *dataset, const struct dataset_chunk *chunk,
                        struct err *err)
{
    const float *pixel = chunk->images;
    int64_t columns = dataset->info.column_count;

    if (dataset->info.pixel != DTYPE_F32)
        return 0;
    for (int64_t i = 0; i < chunk->count * columns; i++)
        if (!isfinite(pixel[i]))
            return err_set(err, EX_DATAERR, "%s: row %lld: pixel %lld is not a finite number",
                           tensor_file_path(dataset->file), (long long)chunk->rows[i / columns],
                           (long long)(i % columns));
    return 0;
}

int dataset_next(struct dataset *dataset, struct dataset_chunk *chunk, struct err *err)
{
    const char *path = tensor_file_path(dataset->file);
    int64_t n = tensor_cursor_read(dataset->rows, chunk->rows, chunk->room, err);

    if (n <= 0)
        return (int)n;
    chunk->count = n;
    if (rows_read(dataset->ids, chunk->ids, n, err) ||
        rows_read(dataset->groups, chunk->groups, n, err) ||
        rows_read(dataset->labels, chunk->labels, n, err) ||
        rows_read(dataset->images, chunk->images, n, err) ||
        rows_check(path, chunk->rows, n, &dataset->last_row, err) ||
        keys_check(path, "ids", chunk->rows, chunk->ids, dataset->info.id_width, n, err) ||
        keys_check(path, "groups", chunk->rows, chunk->groups, dataset->info.group_width, n, err) ||
        labels_check(path, chunk->rows, chunk->labels, dataset->info.soft_labels, n,
                     dataset->info.class_count, err) ||
        check_pixels(dataset, chunk, err))
        return -1;
    return 1;
}

void dataset_chunk_free(struct dataset_chunk *chunk)
{
    free(chunk->rows);
    free(chunk->ids);
    free(chunk->groups);
    free(chunk->labels);
    free(chunk->images);
    *chunk = (struct dataset_chunk){0};
}

void dataset_close(struct dataset *dataset)
{
    tensor_cursor_close(dataset->rows);
    tensor_cursor_close(dataset->ids);
    tensor_cursor_close(dataset->groups);
    tensor_cursor_close(dataset->labels);
    tensor_cursor_close(dataset->images);
    tensor_file_close(dataset->file);
    dataset_info_free(&dataset->info);
    *dataset = (struct dataset){0};
}

int dataset_load(struct dataset *dataset, struct dataset_chunk *all, struct err *err)
{
    if (dataset_chunk_init(all, dataset, dataset->n, err))
        return -1;
    if (dataset_next(dataset, all, err) < 0) {
        dataset_chunk_free(all);
        return -1;
    }
    return 0;
}

int dataset_class(const struct dataset_info *info, const struct dataset_chunk *chunk, int64_t row)
{
    return label_class(chunk->labels, info->soft_labels, info->class_count, row);
}
