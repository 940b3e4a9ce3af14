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

int dataset_tensors(const struct dataset_info *info, int64_t n,
                    struct tensor tensors[DATASET_TENSORS])
{
    struct tensor ids = keys_tensor("ids", info->id_width);
    struct tensor groups = keys_tensor("groups", info->group_width);
    int count = 0;

    ids.dims[0] = groups.dims[0] = n;
    tensors[count++] = (struct tensor){.name = "rows", .dtype = DTYPE_I64, .ndim = 1, .dims = {n}};
    if (info->has_ids)
        tensors[count++] = ids;
    if (info->has_groups)
        tensors[count++] = groups;
    if (info->has_labels)
        tensors[count++] = (struct tensor){
            .name = "labels", .dtype = label_type(info), .ndim = 2, .dims = {n, info->class_count}};
    tensors[count++] = (struct tensor){
        .name = "images", .dtype = info->pixel, .ndim = 4, .dims = {n, info->c, info->h, info->w}};
    return count;
}

static int declare(struct dataset_writer *writer, const struct dataset_info *info, struct err *err)
{
    int *const number[] = {&writer->rows, &writer->ids, &writer->groups, &writer->labels,
                           &writer->images};
    const bool has[] = {true, info->has_ids, info->has_groups, info->has_labels, true};
    struct tensor tensors[DATASET_TENSORS];
    int at = 0;

    (void)dataset_tensors(info, 0, tensors);
    for (int i = 0; i < DATASET_TENSORS; i++) {
        if (!has[i])
            continue;
        *number[i] = tensor_writer_add(writer->file, &tensors[at++], true, err);
        if (*number[i] < 0)
            return -1;
    }
    return 0;
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

int dataset_meta_add(json_t *meta, const char *path, const struct dataset_info *info,
                     const struct data_range *pixels, struct err *err)
{
    char bytes[24];

    snprintf(bytes, sizeof bytes, "%lld", (long long)info->source_bytes);
    if (meta_add(meta, path, "kind", "dataset/1", err) ||
        (info->class_count > 0 &&
         (meta_add_list(meta, path, "classes", info->classes, info->class_count, err) ||
          meta_add_list(meta, path, "class_names", info->class_names, info->class_count, err))) ||
        meta_add_list(meta, path, "columns", info->columns, info->column_count, err) ||
        data_range_add(meta, path, pixels, err) ||
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
    const struct data_range pixels = dataset_writer_pixels(writer);
    json_t *meta = json_object();
    int result = -1;

    if (check_counts(writer, err) == 0 &&
        dataset_meta_add(meta, tensor_writer_path(writer->file), info, &pixels, err) == 0)
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
