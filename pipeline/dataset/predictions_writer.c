/* Writes predictions/1 files. */
#include "keys.h"
#include "pipeline/tensor/meta.h"
#include "predictions.h"
#include "rows.h"

int predictions_writer_init(struct predictions_writer *writer, struct tensor_writer *file,
                            const struct dataset_info *data, int class_count, struct err *err)
{
    const int64_t counted[] = {0, class_count};
    const struct tensor ids = keys_tensor("ids", data->id_width);
    enum dtype label = data->soft_labels ? DTYPE_F32 : DTYPE_U8;

    *writer = (struct predictions_writer){file, -1, -1, -1, -1, NULL};
    if (data->has_labels && data->class_count != class_count)
        return err_set(err, EX_DATAERR, "%s: the labels are of %d classes, the models of %d",
                       tensor_writer_path(file), data->class_count, class_count);
    writer->rows = rows_declare(file, "rows", DTYPE_I64, 1, counted, err);
    if (writer->rows < 0)
        return -1;
    if (data->has_ids)
        writer->ids = tensor_writer_add(file, &ids, true, err);
    if (data->has_ids && writer->ids < 0)
        return -1;
    if (data->has_labels)
        writer->labels = rows_declare(file, "labels", label, 2, counted, err);
    if (data->has_labels && writer->labels < 0)
        return -1;
    writer->probabilities = rows_declare(file, "probabilities", DTYPE_F32, 2, counted, err);
    return writer->probabilities < 0 ? -1 : 0;
}

int predictions_writer_append(struct predictions_writer *writer, const struct dataset_chunk *data,
                              const float *probabilities, struct err *err)
{
    struct tensor_writer *file = writer->file;

    if (tensor_writer_append(file, writer->rows, data->rows, data->count, err) ||
        (writer->ids >= 0 &&
         tensor_writer_append(file, writer->ids, data->ids, data->count, err)) ||
        (writer->labels >= 0 &&
         tensor_writer_append(file, writer->labels, data->labels, data->count, err)))
        return -1;
    return tensor_writer_append(file, writer->probabilities, probabilities, data->count, err);
}

int predictions_writer_prepare(struct predictions_writer *writer, const struct dataset_info *data,
                               int class_count, char *const *classes, char *const *class_names,
                               const json_t *models, const char *data_digest, const json_t *options,
                               const struct inputs *inputs, struct err *err)
{
    const char *path = tensor_writer_path(writer->file);
    json_t *meta = json_object();
    int result = -1;

    if (meta_add(meta, path, "kind", "predictions/1", err) == 0 &&
        meta_add_list(meta, path, "classes", classes, class_count, err) == 0 &&
        meta_add_list(meta, path, "class_names", class_names, class_count, err) == 0 &&
        meta_add(meta, path, "id_column", data->id_column, err) == 0 &&
        meta_add_json(meta, path, "models", models, err) == 0 &&
        meta_add(meta, path, "data_digest", data_digest, err) == 0 &&
        (!writer->relation || meta_add_json(meta, path, "relation", writer->relation, err) == 0))
        result = tensor_writer_prepare(writer->file, meta, options, inputs, err);
    json_decref(meta);
    return result;
}

void predictions_writer_close(struct predictions_writer *writer)
{
    tensor_writer_close(writer->file);
    *writer = (struct predictions_writer){0};
}
