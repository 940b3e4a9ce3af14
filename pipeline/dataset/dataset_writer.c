/* Writes dataset/1 files chunk by chunk. */
#include "dataset.h"
#include "keys.h"
#include "pipeline/tensor/meta.h"
#include "rows.h"

#include <stdio.h>

static enum dtype label_type(const struct dataset_info *info)
{
    return info->soft_labels ? DTYPE_F32 : DTYPE_U8;
}

static int declare(struct dataset_writer *writer, const struct dataset_info *info, struct err *err)
{
    writer->rows = rows_declare(writer->file, "rows", DTYPE_I64, 1, (int64_t[]){0}, err);
    if (writer->rows < 0)
        return -1;
    if (info->has_ids) {
        const struct tensor ids = keys_tensor("ids", info->id_width);

        writer->ids = tensor_writer_add(writer->file, &ids, true, err);
        if (writer->ids < 0)
            return -1;
    }
    if (info->has_groups) {
        const struct tensor groups = keys_tensor("groups", info->group_width);

        writer->groups = tensor_writer_add(writer->file, &groups, true, err);
        if (writer->groups < 0)
            return -1;
    }
    if (info->has_labels) {
        writer->labels = rows_declare(writer->file, "labels", label_type(info), 2,
                                      (int64_t[]){0, info->class_count}, err);
        if (writer->labels < 0)
            return -1;
    }
    writer->images = rows_declare(writer->file, "images", info->pixel, 4,
                                  (int64_t[]){0, info->c, info->h, info->w}, err);
    return writer->images < 0 ? -1 : 0;
}

int dataset_writer_init(struct dataset_writer *writer, struct tensor_writer *file,
                        const struct dataset_info *info, struct err *err)
{
    *writer = (struct dataset_writer){
        .file = file,
        .rows = -1,
        .ids = -1,
        .groups = -1,
        .labels = -1,
        .images = -1,
        .sums = {.c = info->c, .h = info->h, .w = info->w, .pixel = info->pixel}};
    return declare(writer, info, err);
}

int dataset_writer_classes(struct dataset_writer *writer, const struct dataset_info *info,
                           struct err *err)
{
    const struct tensor labels = {
        .name = "labels", .dtype = label_type(info), .ndim = 2, .dims = {0, info->class_count}};

    return tensor_writer_reshape(writer->file, writer->labels, &labels, err);
}

int dataset_writer_keys(struct dataset_writer *writer, const struct dataset_info *info,
                        struct err *err)
{
    const struct tensor ids = keys_tensor("ids", info->id_width);
    const struct tensor groups = keys_tensor("groups", info->group_width);

    if (writer->ids >= 0 && tensor_writer_reshape(writer->file, writer->ids, &ids, err))
        return -1;
    return writer->groups >= 0 ? tensor_writer_reshape(writer->file, writer->groups, &groups, err)
                               : 0;
}

static int append(struct dataset_writer *writer, int number, const void *rows, int64_t count,
                  struct err *err)
{
    return number < 0 || !rows ? 0 : tensor_writer_append(writer->file, number, rows, count, err);
}

int dataset_writer_append(struct dataset_writer *writer, const struct dataset_chunk *chunk,
                          struct err *err)
{
    if (append(writer, writer->rows, chunk->rows, chunk->count, err) ||
        append(writer, writer->ids, chunk->ids, chunk->count, err) ||
        append(writer, writer->groups, chunk->groups, chunk->count, err) ||
        append(writer, writer->labels, chunk->labels, chunk->count, err))
        return -1;
    if (chunk->images)
        data_sums_add(&writer->sums, chunk->images, chunk->count);
    return append(writer, writer->images, chunk->images, chunk->count, err);
}

struct data_range dataset_writer_pixels(const struct dataset_writer *writer)
{
    return data_sums_range(&writer->sums);
}

static int fill_meta(json_t *meta, const struct dataset_writer *writer,
                     const struct dataset_info *info, struct err *err)
{
    const char *path = tensor_writer_path(writer->file);
    const struct data_range pixels = dataset_writer_pixels(writer);
    char bytes[24];

    snprintf(bytes, sizeof bytes, "%lld", (long long)info->source_bytes);
    if (meta_add(meta, path, "kind", "dataset/1", err) ||
        (info->class_count > 0 &&
         (meta_add_list(meta, path, "classes", info->classes, info->class_count, err) ||
          meta_add_list(meta, path, "class_names", info->class_names, info->class_count, err))) ||
        meta_add_list(meta, path, "columns", info->columns, info->column_count, err) ||
        data_range_add(meta, path, &pixels, err) ||
        meta_add(meta, path, "transposed", info->transposed ? "yes" : NULL, err) ||
        meta_add(meta, path, "interleaved", info->interleaved ? "yes" : NULL, err) ||
        meta_add(meta, path, "reordered", info->reordered ? "yes" : NULL, err) ||
        meta_add(meta, path, "background", info->background, err) ||
        meta_add(meta, path, "resized", info->resized ? "yes" : NULL, err) ||
        meta_add(meta, path, "label_column", info->label_column, err) ||
        meta_add(meta, path, "id_column", info->id_column, err) ||
        meta_add(meta, path, "group_column", info->group_column, err) ||
        meta_add(meta, path, "source", info->source, err) ||
        meta_add(meta, path, "source_bytes", bytes, err))
        return -1;
    return meta_add(meta, path, "source_digest", info->source_digest, err);
}

static int check_counts(const struct dataset_writer *writer, struct err *err)
{
    const int numbers[] = {writer->rows, writer->ids, writer->groups, writer->labels,
                           writer->images};
    int64_t n = tensor_writer_rows(writer->file, writer->rows);

    for (int i = 0; i < 5; i++)
        if (numbers[i] >= 0 && tensor_writer_rows(writer->file, numbers[i]) != n)
            return err_set(err, EX_SOFTWARE, "%s: the tensors have unequal numbers of rows",
                           tensor_writer_path(writer->file));
    return 0;
}

int dataset_writer_prepare(struct dataset_writer *writer, const struct dataset_info *info,
                           const json_t *options, const struct inputs *inputs, struct err *err)
{
    json_t *meta = json_object();
    int result = -1;

    if (check_counts(writer, err) == 0 && fill_meta(meta, writer, info, err) == 0)
        result = tensor_writer_prepare(writer->file, meta, options, inputs, err);
    json_decref(meta);
    return result;
}

int dataset_writer_commit(struct dataset_writer *writer, const struct dataset_info *info,
                          const json_t *options, const struct inputs *inputs, struct err *err)
{
    if (dataset_writer_prepare(writer, info, options, inputs, err))
        return -1;
    return tensor_writers_place(&writer->file, 1, inputs, err);
}

void dataset_writer_close(struct dataset_writer *writer)
{
    tensor_writer_close(writer->file);
    *writer = (struct dataset_writer){0};
}
