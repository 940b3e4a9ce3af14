#include "samples.h"

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

int samples_load(struct samples *samples, const char *name, const char *path, struct inputs *inputs,
                 const char *role, struct err *err)
{
    *samples = (struct samples){.name = name};
    if (dataset_open(&samples->dataset, path, inputs, role, err))
        return -1;
    if (!samples->dataset.info.has_labels)
        return err_set(err, EX_DATAERR,
                       "%s: it has no labels, and training and scoring need them; a CSV's label "
                       "column is named by ingest --label",
                       path);
    if (samples->dataset.n == 0)
        return err_set(err, EX_DATAERR, "%s: it has no rows", path);
    if (dataset_load(&samples->dataset, &samples->rows, err))
        return -1;
    samples->data = samples_view(&samples->dataset.info, &samples->rows);
    return 0;
}

void samples_free(struct samples *samples)
{
    dataset_chunk_free(&samples->rows);
    dataset_close(&samples->dataset);
    *samples = (struct samples){0};
}

void samples_count(const struct samples *samples, int64_t *rows)
{
    const struct dataset_info *info = &samples->dataset.info;

    for (int k = 0; k < info->class_count; k++)
        rows[k] = 0;
    for (int64_t i = 0; i < samples->rows.count; i++)
        rows[dataset_class(info, &samples->rows, i)]++;
}
