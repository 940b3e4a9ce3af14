/* Opens predictions/1 files. */
#include "predictions.h"

#include "keys.h"
#include "pipeline/base/memory.h"
#include "pipeline/tensor/meta.h"
#include "rows.h"

#include <stdlib.h>

static int read_trial(struct predictions *predictions, struct err *err)
{
    json_t *options;

    if (!tensor_file_meta(predictions->file, "options"))
        return 0; /* another program's */
    options = tensor_file_meta_json(predictions->file, "options", err);
    if (!options)
        return -1;
    predictions->trial = json_is_true(json_object_get(options, "trial"));
    json_decref(options);
    return 0;
}

static int read_info(struct predictions *predictions, struct err *err)
{
    const struct tensor_file *file = predictions->file;
    const struct tensor *probabilities = tensor_file_find(file, "probabilities");
    struct row_tensors found;

    if (tensor_file_expect(file, "predictions/1", err) ||
        meta_get_classes(file, &predictions->classes, &predictions->class_names,
                         &predictions->class_count, err) ||
        meta_get(file, "id_column", &predictions->id_column, err))
        return -1;
    if (!probabilities)
        return err_set(err, EX_DATAERR, "%s: tensor 'probabilities' is missing",
                       tensor_file_path(file));
    if (predictions->class_count == 0)
        return err_set(err, EX_DATAERR, "%s: metadata 'classes' is missing or empty",
                       tensor_file_path(file));
    if (tensor_expect(tensor_file_path(file), probabilities, DTYPE_F32, 2,
                      (int64_t[]){-1, predictions->class_count}, err))
        return -1;
    predictions->n = probabilities->dims[0];
    if (row_tensors_check(&found, file, predictions->n, predictions->class_count, err) ||
        row_tensors_no_others(file, found.count + 1, "rows, ids, labels and probabilities", err))
        return -1;
    predictions->has_ids = found.has_ids;
    predictions->id_width = found.id_width;
    predictions->has_labels = found.has_labels;
    predictions->soft_labels = found.soft_labels;
    return 0;
}

static int open_cursors(struct predictions *predictions, struct err *err)
{
    struct tensor_file *file = predictions->file;

    if (tensor_cursor_open(&predictions->rows, file, "rows", err) ||
        (predictions->has_ids && tensor_cursor_open(&predictions->ids, file, "ids", err)) ||
        (predictions->has_labels && tensor_cursor_open(&predictions->labels, file, "labels", err)))
        return -1;
    return tensor_cursor_open(&predictions->probabilities, file, "probabilities", err);
}

static void close_cursors(struct predictions *predictions)
{
    tensor_cursor_close(predictions->rows);
    tensor_cursor_close(predictions->ids);
    tensor_cursor_close(predictions->labels);
    tensor_cursor_close(predictions->probabilities);
    predictions->rows = predictions->ids = predictions->labels = predictions->probabilities = NULL;
}

int predictions_open(struct predictions *predictions, const char *path, struct inputs *inputs,
                     const char *role, struct err *err)
{
    *predictions = (struct predictions){0};
    if (tensor_file_open(&predictions->file, path, inputs, role, err) ||
        read_info(predictions, err) || read_trial(predictions, err) ||
        open_cursors(predictions, err)) {
        predictions_close(predictions);
        return -1;
    }
    return 0;
}

int predictions_chunk_init(struct predictions_chunk *chunk, const struct predictions *predictions,
                           int64_t room, struct err *err)
{
    size_t classes = (size_t)predictions->class_count;
    size_t label = classes * (predictions->soft_labels ? sizeof(float) : 1);

    *chunk = (struct predictions_chunk){.room = room < predictions->n ? room : predictions->n};
    chunk->rows = rows_alloc(chunk->room, sizeof *chunk->rows, "row numbers", err);
    if (chunk->rows)
        chunk->probabilities =
            rows_alloc(chunk->room, classes * sizeof(float), "probabilities", err);
    if (chunk->probabilities && predictions->has_ids)
        chunk->ids = rows_alloc(chunk->room, key_bytes(predictions->id_width), "ids", err);
    if (chunk->probabilities && predictions->has_labels)
        chunk->labels = rows_alloc(chunk->room, label, "labels", err);
    if (chunk->probabilities && !chunk->ids == !predictions->has_ids &&
        !chunk->labels == !predictions->has_labels)
        return 0;
    predictions_chunk_free(chunk);
    return -1;
}

int predictions_next(struct predictions *predictions, struct predictions_chunk *chunk,
                     struct err *err)
{
    const char *path = tensor_file_path(predictions->file);
    int classes = predictions->class_count;
    int64_t n = tensor_cursor_read(predictions->rows, chunk->rows, chunk->room, err);

    if (n <= 0)
        return (int)n;
    chunk->count = n;
    if (rows_read(predictions->ids, chunk->ids, n, err) ||
        rows_read(predictions->labels, chunk->labels, n, err) ||
        rows_read(predictions->probabilities, chunk->probabilities, n, err) ||
        rows_check(path, chunk->rows, n, &predictions->last_row, err) ||
        keys_check(path, "ids", chunk->rows, chunk->ids, predictions->id_width, n, err) ||
        labels_check(path, chunk->rows, chunk->labels, predictions->soft_labels, n, classes, err) ||
        shares_check(path, "probabilities", chunk->rows, chunk->probabilities, n, classes, err))
        return -1;
    return 1;
}

int predictions_rewind(struct predictions *predictions, struct err *err)
{
    close_cursors(predictions);
    predictions->last_row = 0;
    return open_cursors(predictions, err);
}

void predictions_chunk_free(struct predictions_chunk *chunk)
{
    free(chunk->rows);
    free(chunk->ids);
    free(chunk->labels);
    free(chunk->probabilities);
    *chunk = (struct predictions_chunk){0};
}

void predictions_close(struct predictions *predictions)
{
    close_cursors(predictions);
    tensor_file_close(predictions->file);
    texts_free(predictions->classes, predictions->class_count);
    texts_free(predictions->class_names, predictions->class_count);
    free(predictions->id_column);
    *predictions = (struct predictions){0};
}
