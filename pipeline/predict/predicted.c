/* Predictions of a data set's rows, read from a file or computed by models. */
#include "predicted.h"

#include "pipeline/base/memory.h"
#include "pipeline/dataset/picks.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>
#include <string.h>

static void rank_chunk(struct ranking *ranking, enum rank_by by, const int64_t *rows,
                       const float *probabilities, const void *labels, bool soft, int classes,
                       int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int truth = labels ? label_class(labels, soft, classes, i) : -1;
        const struct ranked row = ranked_row(rows[i], probabilities + i * classes, classes, truth);

        (by == RANK_MISTAKES ? ranking_add_mistake : ranking_add_unsure)(ranking, row);
    }
}

/* ---- Predictions ---- */

static int open_predictions(const struct predicted *source, struct predictions *p,
                            struct inputs *inputs, struct err *err)
{
    const char *digest;

    if (predictions_open(p, source->predictions_path, inputs, "predictions", err))
        return -1;
    digest = tensor_file_meta(p->file, "data_digest");
    if (digest && strcmp(digest, tensor_file_digest(source->data->file)) == 0 &&
        p->n == source->data->n &&
        (!source->data->info.has_labels || p->class_count == source->data->info.class_count))
        return 0;
    err_set(err, EX_DATAERR, "%s: predictions of other data than %s is (csvnet explain tells both)",
            source->predictions_path, source->data_path);
    predictions_close(p);
    return -1;
}

/* Takes over the classes of the predictions. */
static int meet_predictions(struct predicted *source, struct inputs *inputs, struct err *err)
{
    struct predictions p;

    if (open_predictions(source, &p, inputs, err))
        return -1;
    source->classes = p.class_count;
    source->class_spellings = p.classes;
    source->class_names = p.class_names;
    p.classes = p.class_names = NULL;
    p.class_count = 0;
    predictions_close(&p);
    return 0;
}

static int rank_predictions(struct predicted *source, enum rank_by by, struct ranking *ranking,
                            void (*progress)(int64_t rows), struct err *err)
{
    enum { ROOM = 4096 };
    struct predictions p;
    struct predictions_chunk chunk = {0};
    int64_t done = 0;
    int got;

    if (open_predictions(source, &p, NULL, err))
        return -1;
    got = predictions_chunk_init(&chunk, &p, ROOM, err);
    while (got >= 0 && (got = predictions_next(&p, &chunk, err)) > 0) {
        rank_chunk(ranking, by, chunk.rows, chunk.probabilities, chunk.labels, p.soft_labels,
                   p.class_count, chunk.count);
        progress(done += chunk.count);
    }
    predictions_chunk_free(&chunk);
    predictions_close(&p);
    return got;
}

static int find_predictions(struct predicted *source, const struct dataset_chunk *rows,
                            float **probabilities, struct err *err)
{
    struct predictions_chunk picked = {0};
    struct predictions p = {0};
    struct picks picks;
    int result = -1;

    if (picks_numbers(&picks, rows->rows, (int)rows->count, err))
        return -1;
    if (open_predictions(source, &p, NULL, err) == 0)
        result = picks_read_predictions(&picks, &p, &picked, err);
    if (result == 0) {
        *probabilities = picked.probabilities;
        picked.probabilities = NULL;
    }
    predictions_chunk_free(&picked);
    predictions_close(&p);
    picks_free(&picks);
    return result;
}

/* ---- Models ---- */

static int meet_models(struct predicted *source, char *const *models, int count, int threads,
                       struct inputs *inputs, struct err *err)
{
    source->pool = nn_pool_new(threads);
    if (!source->pool)
        return err_memory(err, "the threads", 0);
    if (ensemble_open(&source->ensemble, models, count, source->data_path, &source->data->info,
                      source->pool, inputs, err))
        return -1;
    source->classes = source->ensemble.classes;
    source->class_spellings = source->ensemble.models[0].data.classes;
    source->class_names = source->ensemble.models[0].data.class_names;
    return 0;
}

static int rank_by_models(struct predicted *source, enum rank_by by, struct ranking *ranking,
                          void (*progress)(int64_t rows), struct err *err)
{
    struct dataset data;
    struct dataset_chunk chunk = {0};
    int64_t done = 0;
    int got;

    if (dataset_open(&data, source->data_path, NULL, "", err))
        return -1;
    got = dataset_chunk_init(&chunk, &data, source->ensemble.room, err);
    while (got >= 0 && (got = dataset_next(&data, &chunk, err)) > 0) {
        got = ensemble_predict(&source->ensemble, &chunk, err);
        if (got == 0)
            rank_chunk(ranking, by, chunk.rows, source->ensemble.mean, chunk.labels,
                       data.info.soft_labels, source->classes, chunk.count);
        progress(done += chunk.count);
    }
    dataset_chunk_free(&chunk);
    dataset_close(&data);
    return got;
}

static int predict_rows(struct predicted *source, const struct dataset_chunk *rows,
                        float **probabilities, struct err *err)
{
    const size_t image = dataset_image_bytes(&source->data->info);
    const size_t shares = (size_t)source->classes * sizeof(float);

    *probabilities = rows_alloc(rows->count, shares, "probabilities", err);
    if (!*probabilities)
        return -1;
    for (int64_t i = 0; i < rows->count; i += source->ensemble.room) {
        const int64_t left = rows->count - i;
        const struct dataset_chunk part = {
            .count = left < source->ensemble.room ? left : source->ensemble.room,
            .rows = rows->rows + i,
            .images = (char *)rows->images + (size_t)i * image,
        };

        if (ensemble_predict(&source->ensemble, &part, err)) {
            free(*probabilities);
            *probabilities = NULL;
            return -1;
        }
        memcpy(*probabilities + i * source->classes, source->ensemble.mean,
               (size_t)part.count * shares);
    }
    return 0;
}

/* ---- Either ---- */

int predicted_open(struct predicted *source, const char *data_path, const struct dataset *data,
                   const char *predictions, char *const *models, int count, int threads,
                   struct inputs *inputs, struct err *err)
{
    *source =
        (struct predicted){.data_path = data_path, .data = data, .predictions_path = predictions};
    if ((predictions ? meet_predictions(source, inputs, err)
                     : meet_models(source, models, count, threads, inputs, err)) == 0)
        return 0;
    predicted_close(source);
    return -1;
}

int predicted_rank(struct predicted *source, enum rank_by by, struct ranking *ranking,
                   void (*progress)(int64_t rows), struct err *err)
{
    return source->predictions_path ? rank_predictions(source, by, ranking, progress, err)
                                    : rank_by_models(source, by, ranking, progress, err);
}

int predicted_rows(struct predicted *source, const struct dataset_chunk *rows,
                   float **probabilities, struct err *err)
{
    return source->predictions_path ? find_predictions(source, rows, probabilities, err)
                                    : predict_rows(source, rows, probabilities, err);
}

void predicted_close(struct predicted *source)
{
    if (source->predictions_path) {
        texts_free(source->class_spellings, source->classes);
        texts_free(source->class_names, source->classes);
    }
    ensemble_close(&source->ensemble);
    nn_pool_free(source->pool);
    *source = (struct predicted){0};
}
