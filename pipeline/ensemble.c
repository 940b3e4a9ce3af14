#include "ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16 * 1024 * 1024, CHUNK_ROWS = 4096 };

/* ---- Opening ---- */

static int fit_together(const struct ensemble *e, int m, const char *data_path,
                        const struct dataset_info *data, struct err *err)
{
    char *const *paths = e->paths;
    struct err why;

    for (int other = 0; other < m; other++)
        if (strcmp(e->models[m].digest, e->models[other].digest) == 0)
            return err_set(err, EX_USAGE, "%s is the same model as %s: it would count twice",
                           paths[m], paths[other]);
    if (dataset_compatible(data_path, data, paths[m], &e->models[m].data, &why))
        return err_set(err, why.status,
                       "%s; `ingest --like TRAIN` reads a CSV as the training data was read",
                       why.text);
    if (m == 0)
        return 0;
    return dataset_compatible(paths[m], &e->models[m].data, paths[0], &e->models[0].data, err);
}

static int64_t chunk_rows(const struct dataset_info *data)
{
    int64_t rows = CHUNK_BYTES / (int64_t)dataset_image_bytes(data);

    return rows < 1 ? 1 : rows > CHUNK_ROWS ? CHUNK_ROWS : rows;
}

static int make_buffers(struct ensemble *e, struct nn_pool *pool, struct err *err)
{
    size_t bytes = (size_t)e->room * (size_t)e->classes * sizeof(float);

    for (int m = 0; m < e->count; m++) {
        e->predictors[m] =
            nn_predictor_new(e->models[m].net, e->models[m].weights, pool, &e->models[m].input);
        e->each[m] = malloc(bytes);
        if (!e->predictors[m] || !e->each[m])
            return err_memory(err, "predicting with all models", 0);
    }
    e->mean = malloc(bytes);
    return e->mean ? 0 : err_memory(err, "the probabilities of a chunk", bytes);
}

int ensemble_open(struct ensemble *e, char *const *paths, int count, const char *data_path,
                  const struct dataset_info *data, struct nn_pool *pool, struct inputs *inputs,
                  struct err *err)
{
    *e = (struct ensemble){.paths = paths, .count = count, .room = chunk_rows(data)};
    e->models = calloc((size_t)count, sizeof *e->models);
    e->predictors = calloc((size_t)count, sizeof *e->predictors);
    e->each = calloc((size_t)count, sizeof *e->each);
    if (!e->models || !e->predictors || !e->each) {
        err_memory(err, "the models", 0);
        goto fail;
    }
    for (int m = 0; m < count; m++)
        if (model_load(&e->models[m], paths[m], inputs, err) ||
            fit_together(e, m, data_path, data, err))
            goto fail;
    e->classes = e->models[0].data.class_count;
    if (make_buffers(e, pool, err) == 0)
        return 0;
fail:
    ensemble_close(e);
    return -1;
}

void ensemble_close(struct ensemble *e)
{
    for (int m = 0; m < e->count; m++) {
        if (e->predictors)
            nn_predictor_free(e->predictors[m]);
        if (e->each)
            free(e->each[m]);
        if (e->models)
            model_free(&e->models[m]);
    }
    free(e->predictors);
    free(e->each);
    free(e->models);
    free(e->mean);
    memset(e, 0, sizeof *e);
}

/* ---- Predicting ---- */

/* The index of the first value that is no probability, or -1. */
static int64_t first_bad(const float *probabilities, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
            return i;
    return -1;
}

static void take_mean(struct ensemble *e, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        double sum = 0;

        for (int m = 0; m < e->count; m++)
            sum += e->each[m][i];
        e->mean[i] = (float)(sum / e->count);
    }
}

int ensemble_predict(struct ensemble *e, const struct dataset_chunk *chunk, enum dtype pixel,
                     struct err *err)
{
    const struct nn_data data = {.n = chunk->count,
                                 .u8 = pixel == DTYPE_U8 ? chunk->images : NULL,
                                 .f32 = pixel == DTYPE_F32 ? chunk->images : NULL};
    int64_t count = chunk->count * e->classes;

    for (int m = 0; m < e->count; m++) {
        int64_t bad;

        nn_predict(e->predictors[m], &data, e->each[m]);
        bad = first_bad(e->each[m], count);
        if (bad >= 0)
            return err_set(err, EX_DATAERR,
                           "%s gives row %lld a probability of %g: its weights or the row's pixels "
                           "are out of all bounds",
                           e->paths[m], (long long)chunk->rows[bad / e->classes],
                           (double)e->each[m][bad]);
    }
    take_mean(e, count);
    return 0;
}
