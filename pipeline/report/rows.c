/* The passes over the rows of a report: figures of the predictions, and which rows are shown. */
#include "pipeline/dataset/rows.h"
#include "pipeline/base/memory.h"
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1 };

/* Begins the same rows of a data set and of its predictions. */
static int begin_sample(struct picks *sample, const char *path, int64_t n, struct err *err)
{
    *sample = (struct picks){.random = n < REPORT_SAMPLES ? n : REPORT_SAMPLES, .seed = SEED};
    return picks_begin(sample, path, n, err);
}

/* ---- Predictions ---- */

static int read_predictions(struct report_part *part, struct report_pred *pred, struct err *err)
{
    struct predictions *file = &pred->file;
    const size_t row = (size_t)file->class_count * sizeof(float);
    struct predictions_chunk chunk = {0}, samples = {0};
    struct picks sample = {0};
    int got = -1;

    if (begin_sample(&sample, pred->path, file->n, err) ||
        picks_predictions_room(&sample, file, &samples, err) ||
        predictions_chunk_init(&chunk, file, row < CHUNK_BYTES ? CHUNK_BYTES / (int64_t)row : 1,
                               err))
        goto out;
    while ((got = predictions_next(file, &chunk, err)) > 0) {
        picks_from_predictions(&sample, file, &chunk, &samples);
        prediction_stats_add(&pred->stats, chunk.rows, chunk.probabilities, chunk.labels,
                             chunk.count);
    }
    if (file->has_labels)
        pred->score = metrics_score(&pred->stats.scores);
    if (pred->number == 0) {
        part->guesses = samples.probabilities;
        samples.probabilities = NULL;
    }
out:
    predictions_chunk_free(&chunk);
    predictions_chunk_free(&samples);
    picks_free(&sample);
    return got;
}

/* Reads a part's predictions, and compares those after the first with it. */
static int read_all_predictions(struct report *r, int p, struct err *err)
{
    struct report_part *part = &r->parts[p];

    for (int i = 0; i < r->files.pred_count; i++) {
        struct report_pred *pred = &r->preds[i];

        if (pred->part != p)
            continue;
        if (read_predictions(part, pred, err) ||
            (pred->number > 0 &&
             comparison_make(&pred->comparison,
                             (char *const[]){(char *)part->pred->path, (char *)pred->path}, err)))
            return -1;
    }
    return 0;
}

/* ---- Data ---- */

/* Chooses the rows in the rankings of its predictions. */
static int choose_ranked(const struct report *r, int p, struct picks *picks, struct err *err)
{
    const struct report_part *part = &r->parts[p];
    int64_t *numbers =
        calloc((size_t)part->pred_count * 2 + AUDIT_SHOWN, RANKING_FEW * sizeof *numbers);
    int count = 0, result;

    if (!numbers)
        return err_memory(err, "the rows shown", 0);
    for (int i = 0; i < r->files.pred_count; i++) {
        const struct prediction_stats *stats = &r->preds[i].stats;
        const struct ranking *lists[] = {&stats->mistakes, &stats->unsure};

        for (int l = 0; l < 2 && r->preds[i].part == p; l++)
            for (int row = 0; row < lists[l]->count; row++)
                numbers[count++] = lists[l]->list[row].row;
    }
    count += report_audit_rows(r, p, numbers + count);
    result = picks_numbers(picks, numbers, count, err) ||
                     picks_begin(picks, part->path, part->data.n, err)
                 ? -1
                 : 0;
    free(numbers);
    return result;
}

static void widen(double *min, double *max, const struct dataset_info *info,
                  const struct dataset_chunk *chunk)
{
    const int64_t count = chunk->count * info->c * info->h * info->w;
    const uint8_t *bytes = chunk->images;
    const float *floats = chunk->images;

    if (info->pixel == DTYPE_U8) {
        uint8_t most = 0;

        for (int64_t i = 0; i < count; i++)
            most = bytes[i] > most ? bytes[i] : most;
        *max = fmax(*max, most);
        *min = 0;
    } else
        for (int64_t i = 0; i < count; i++) {
            *min = floats[i] < *min ? (double)floats[i] : *min;
            *max = floats[i] > *max ? (double)floats[i] : *max;
        }
}

/* Counts the chunk's classes, and looks for pictures that were there before. */
static int look_at(struct report_part *part, int number, struct same_pictures *same,
                   const struct dataset_chunk *chunk, struct err *err)
{
    const struct dataset_info *info = &part->data.info;
    int32_t *labels =
        info->has_labels ? rows_alloc(chunk->count, sizeof *labels, "labels", err) : NULL;
    int result;

    if (info->has_labels && !labels)
        return -1;
    for (int64_t i = 0; labels && i < chunk->count; i++) {
        labels[i] = dataset_class(info, chunk, i);
        part->class_rows[labels[i]]++;
    }
    result = same_pictures_add(same, number, chunk->images, dataset_image_bytes(info), labels,
                               chunk->count, err);
    free(labels);
    return result;
}

static int pass_over_data(struct report_part *part, int number, struct same_pictures *same,
                          struct picks *sample, struct picks *ranked, struct dataset_chunk *chunk,
                          struct err *err)
{
    const struct dataset_info *info = &part->data.info;
    double min = INFINITY, max = -INFINITY;
    int got;

    while ((got = dataset_next(&part->data, chunk, err)) > 0) {
        picks_from_dataset(sample, &part->data, chunk, &part->samples);
        picks_from_dataset(ranked, &part->data, chunk, &part->ranked);
        widen(&min, &max, info, chunk);
        if (look_at(part, number, same, chunk, err))
            return -1;
    }
    part->range = picture_range(info->pixel, min, max);
    return got < 0 ? -1 : picks_end(ranked, part->path, part->data.last_row, err);
}

static int read_data(struct report *r, int number, struct same_pictures *same, struct err *err)
{
    struct report_part *part = &r->parts[number];
    const struct dataset_info *info = &part->data.info;
    struct picks sample = {0}, ranked = {0};
    struct dataset_chunk chunk = {0};
    int result = -1;

    part->class_rows = calloc((size_t)info->class_count + 1, sizeof *part->class_rows);
    if (!part->class_rows)
        err_memory(err, "the rows of each class", 0);
    else if (begin_sample(&sample, part->path, part->data.n, err) == 0 &&
             choose_ranked(r, number, &ranked, err) == 0 &&
             picks_dataset_room(&sample, &part->data, &part->samples, err) == 0 &&
             picks_dataset_room(&ranked, &part->data, &part->ranked, err) == 0 &&
             dataset_chunk_init(&chunk, &part->data, dataset_rows_in(info, CHUNK_BYTES), err) == 0)
        result = pass_over_data(part, number, same, &sample, &ranked, &chunk, err);
    dataset_chunk_free(&chunk);
    picks_free(&sample);
    picks_free(&ranked);
    return result;
}

/* Samples of which there are no predictions, by the models' mean. */
static int guess(struct report *r, struct report_part *part, struct err *err)
{
    const int64_t count = part->samples.count;

    if (part->guesses || r->files.model_count == 0 || count == 0)
        return 0;
    part->guesses =
        rows_alloc(count, (size_t)r->classes * sizeof *part->guesses, "probabilities", err);
    if (!part->guesses)
        return -1;
    r->ensemble.data = &part->data.info;
    r->ensemble.data_path = part->path;
    for (int64_t i = 0; i < count; i++) { /* a chunk of the ensemble's may be of one row */
        const size_t bytes = dataset_image_bytes(&part->data.info);
        const struct dataset_chunk one = {.count = 1,
                                          .rows = part->samples.rows + i,
                                          .images =
                                              (char *)part->samples.images + (size_t)i * bytes};

        if (ensemble_predict(&r->ensemble, &one, err))
            return -1;
        memcpy(part->guesses + i * r->classes, r->ensemble.mean,
               (size_t)r->classes * sizeof *part->guesses);
    }
    return 0;
}

/* Takes predictions by one model alone as its score. */
static void take_score(struct report *r, int p)
{
    const struct report_pred *pred = &r->preds[p];
    const char *digest = json_string_value(json_array_get(pred->models, 0));
    const int m = digest ? report_find_model(r, digest) : -1;
    const struct relation relation = relation_of_predictions(pred->file.file);

    if (m < 0 || json_array_size(pred->models) != 1 || !pred->file.has_labels ||
        pred->stats.scores.rows == 0 || r->models[m].scored_by >= 0)
        return;
    r->models[m].scored_by = p;
    r->models[m].score = pred->score;
    r->models[m].relation = relation_kind(&relation);
}

static int read_parts(struct report *r, struct same_pictures *same, struct err *err)
{
    const size_t parts = (size_t)r->files.data_count;

    r->same = calloc(parts * parts + 1, sizeof *r->same);
    if (!r->same)
        return err_memory(err, "the data sets", 0);
    for (int p = 0; p < r->files.data_count; p++) {
        struct report_part *part = &r->parts[p];

        if (read_all_predictions(r, p, err) || read_data(r, p, same, err) || guess(r, part, err))
            return -1;
    }
    return same_pictures_count(same, r->files.data_count, r->same, err);
}

int report_read_rows(struct report *r, struct err *err)
{
    struct same_pictures *same;
    const int failed = same_pictures_open(&same, "-", err) || read_parts(r, same, err);

    same_pictures_close(same);
    if (failed)
        return -1;
    for (int p = 0; p < r->files.pred_count; p++)
        take_score(r, p);
    return 0;
}
