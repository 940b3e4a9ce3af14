#include "pseudo_writer.h"

#include "metrics.h"
#include "pipeline/dataset/pseudo_labels.h"
#include "pipeline/dataset/rows.h"

#include <stdlib.h>
#include <string.h>

/* The data's shape and source, the models' classes, and no label column: the source has none. */
static void describe(struct pseudo_writer *writer, const struct dataset_info *data,
                     const struct model *model)
{
    writer->info = *data;
    writer->info.has_labels = true;
    writer->info.soft_labels = false;
    writer->info.class_count = model->data.class_count;
    writer->info.classes = model->data.classes;
    writer->info.class_names = model->data.class_names;
    writer->info.label_column = NULL;
    writer->info.pseudo_labels = NULL;
}

int pseudo_writer_init(struct pseudo_writer *writer, struct tensor_writer *file,
                       const struct dataset_info *data, const struct model *models, int count,
                       double sure, int64_t room, struct err *err)
{
    const int classes = models[0].data.class_count;

    *writer = (struct pseudo_writer){.sure = sure, .surest = -1, .data = {.file = file}};
    describe(writer, data, &models[0]);
    writer->labels = rows_alloc(room, (size_t)classes, "labels", err);
    if (!writer->labels)
        return -1;
    writer->class_rows = calloc((size_t)classes, sizeof *writer->class_rows);
    writer->info.pseudo_labels = pseudo_labels_new(models, count, sure);
    if (!writer->class_rows || !writer->info.pseudo_labels)
        return err_memory(err, "the pseudo-labels", 0);
    return dataset_writer_init(&writer->data, file, &writer->info, err);
}

/* Whether the row is to be written; its label and the counts are filled in. */
static bool take(struct pseudo_writer *writer, const struct dataset_chunk *chunk, int64_t row,
                 const float *probabilities)
{
    const int classes = writer->info.class_count;
    const int class = metrics_largest(probabilities, classes);
    const double probability = (double)probabilities[class];
    unsigned char *label = writer->labels + row * classes;

    if (probability > writer->surest) {
        writer->surest = probability;
        writer->surest_row = chunk->rows[row];
    }
    if (probability < writer->sure)
        return false;
    memset(label, 0, (size_t)classes);
    label[class] = 1;
    writer->class_rows[class]++;
    writer->rows++;
    return true;
}

/* Rows begin to end - 1 of the chunk, with their predicted labels. */
static int append_rows(struct pseudo_writer *writer, const struct dataset_chunk *chunk,
                       int64_t begin, int64_t end, struct err *err)
{
    const size_t first = (size_t)begin;
    const struct dataset_chunk rows = {
        .count = end - begin,
        .room = end - begin,
        .rows = chunk->rows + first,
        .ids = chunk->ids ? chunk->ids + first : NULL,
        .labels = writer->labels + first * (size_t)writer->info.class_count,
        .images = (char *)chunk->images + first * dataset_image_bytes(&writer->info),
    };

    return begin == end ? 0 : dataset_writer_append(&writer->data, &rows, err);
}

int pseudo_writer_append(struct pseudo_writer *writer, const struct dataset_chunk *chunk,
                         const float *probabilities, struct err *err)
{
    int64_t begin = 0;

    for (int64_t i = 0; i < chunk->count; i++)
        if (!take(writer, chunk, i, probabilities + i * writer->info.class_count)) {
            if (append_rows(writer, chunk, begin, i, err))
                return -1;
            begin = i + 1;
        }
    return append_rows(writer, chunk, begin, chunk->count, err);
}

int pseudo_writer_prepare(struct pseudo_writer *writer, const json_t *options,
                          const struct inputs *inputs, struct err *err)
{
    const char *path = tensor_writer_path(writer->data.file);

    if (writer->rows > 0)
        return dataset_writer_prepare(&writer->data, &writer->info, options, inputs, err);
    if (writer->surest < 0)
        return err_set(err, EX_DATAERR, "%s: no rows to label", path);
    return err_set(err, EX_DATAERR,
                   "%s: no row has a class of probability %g or more; the surest, row %lld, has "
                   "%.6f",
                   path, writer->sure, (long long)writer->surest_row, writer->surest);
}

void pseudo_writer_close(struct pseudo_writer *writer)
{
    dataset_writer_close(&writer->data);
    json_decref(writer->info.pseudo_labels);
    free(writer->labels);
    free(writer->class_rows);
    *writer = (struct pseudo_writer){0};
}
