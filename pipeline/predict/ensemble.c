/* Several models as one: opening them together, and the mean of their probabilities. */
#include "ensemble.h"

#include "geometric.h"
#include "pipeline/base/device_fault.h"
#include "pipeline/base/memory.h"
#include "pipeline/dataset/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16 * 1024 * 1024, CHUNK_ROWS = 4096 };

const char *const ensemble_precisions[] = {
    [AS_TRAINED] = "trained", [ALL_F32] = "float32", [ALL_BF16] = "bf16", NULL};

/* ---- Opening ---- */

static int fit_together(const struct ensemble *e, int m, struct err *err)
{
    char *const *paths = e->paths;
    const struct dataset_info *data = e->data;
    struct err why;

    /* Trials of models that differ only in their epochs are the same. */
    for (int other = 0; other < m && !model_is_trial(&e->models[m]); other++)
        if (strcmp(e->models[m].digest, e->models[other].digest) == 0)
            return err_set(err, EX_USAGE, "%s is the same model as %s: it would count twice",
                           paths[m], paths[other]);
    if (dataset_compatible(e->data_path, data, paths[m], &e->models[m].data, &why))
        return dataset_same_shape(data, &e->models[m].data) &&
                       dataset_class_missing(data, &e->models[m].data)
                   ? err_set(err, why.status,
                             "%s, which was trained on others; leave its rows out of the CSV, or "
                             "train a model on data that has it",
                             why.text)
                   : err_set(err, why.status,
                             "%s; `ingest --like TRAIN` reads a CSV as the training data was read",
                             why.text);
    if (m == 0)
        return 0;
    return dataset_compatible(paths[m], &e->models[m].data, paths[0], &e->models[0].data, err);
}

/* Rows whose pictures, and whose probabilities by each model and by all, are not too many bytes. */
static int64_t chunk_rows(const struct ensemble *e)
{
    const size_t image = dataset_image_bytes(e->data);
    const size_t shares =
        (size_t)e->classes * (((size_t)e->count + 1) * sizeof *e->mean + sizeof *e->sum);
    const int64_t rows = CHUNK_BYTES / (int64_t)(image > shares ? image : shares);

    return rows < 1 ? 1 : rows > CHUNK_ROWS ? CHUNK_ROWS : rows;
}

/* Returns the first model that sees pictures as model m does. */
static int first_of_view(const struct ensemble *e, int m)
{
    int first = 0;

    while (!view_same(&e->models[first].view, &e->models[m].view, e->data->c))
        first++;
    return first;
}

static int make_view(struct ensemble *e, int m, struct err *err)
{
    enum { FLOATS = 3 }; /* of rows of bytes so many more, for one of floats: see the report's */

    if (!view_any(&e->models[m].view) || first_of_view(e, m) < m)
        return 0;
    e->views[m] =
        rows_alloc(e->room + FLOATS, dataset_image_bytes(e->data), "normalized pictures", err);
    return e->views[m] ? 0 : -1;
}

const void *ensemble_images(const struct ensemble *e, int m, const struct dataset_chunk *chunk)
{
    const void *view = e->views[first_of_view(e, m)];

    return view ? view : chunk->images;
}

static int make_model_buffers(struct ensemble *e, int m, struct nn_pool *pool, struct err *err)
{
    const struct model *model = &e->models[m];

    e->predictors[m] = nn_predictor_new(model->net, model->weights, pool, &model->input);
    e->each[m] = rows_alloc(e->room, (size_t)e->classes * sizeof(float), "probabilities", err);
    if (!e->each[m] || make_view(e, m, err))
        return -1;
    return e->predictors[m] ? 0 : err_memory(err, "predicting with all models", 0);
}

static int make_buffers(struct ensemble *e, struct nn_pool *pool, struct err *err)
{
    const size_t classes = (size_t)e->classes;

    for (int m = 0; m < e->count; m++)
        if (make_model_buffers(e, m, pool, err))
            return -1;
    e->sum = rows_alloc(e->room, classes * sizeof *e->sum, "probabilities", err);
    e->sum_weight = rows_alloc(e->room, sizeof *e->sum_weight, "weights", err);
    e->log_sum = rows_alloc(e->room, sizeof *e->log_sum, "weights", err);
    e->mean = rows_alloc(e->room, classes * sizeof *e->mean, "probabilities", err);
    return e->sum && e->sum_weight && e->log_sum && e->mean ? 0 : -1;
}

static int make_lists(struct ensemble *e, struct err *err)
{
    const size_t count = (size_t)e->count;

    e->models = calloc(count, sizeof *e->models);
    e->predictors = calloc(count, sizeof *e->predictors);
    e->weights = calloc(count, sizeof *e->weights);
    e->each = calloc(count, sizeof *e->each);
    e->rows = calloc(count, sizeof *e->rows);
    e->rows_count = calloc(count, sizeof *e->rows_count);
    e->views = calloc(count, sizeof *e->views);
    if (!e->models || !e->predictors || !e->weights || !e->each || !e->rows || !e->rows_count ||
        !e->views)
        return err_memory(err, "the models", 0);
    for (int m = 0; m < e->count; m++)
        e->weights[m] = 1;
    return 0;
}

int ensemble_load(struct ensemble *e, char *const *paths, int count, struct inputs *inputs,
                  struct err *err)
{
    *e = (struct ensemble){.paths = paths, .count = count};
    if (make_lists(e, err))
        return -1;
    for (int m = 0; m < count; m++)
        if (model_load(&e->models[m], paths[m], inputs, err))
            return -1;
    e->classes = e->models[0].data.class_count;
    return 0;
}

void ensemble_set_precision(struct ensemble *e, enum ensemble_precision precision)
{
    const enum nn_precision all = precision == ALL_BF16 ? NN_BF16 : NN_F32;

    e->precision = precision;
    for (int m = 0; m < e->count; m++)
        nn_network_set_precision(e->models[m].net,
                                 precision == AS_TRAINED ? e->models[m].precision : all);
}

int ensemble_begin(struct ensemble *e, const char *data_path, const struct dataset_info *data,
                   struct nn_pool *pool, struct err *err)
{
    e->data_path = data_path;
    e->data = data;
    e->room = chunk_rows(e);
    for (int m = 0; m < e->count; m++)
        if (fit_together(e, m, err))
            return -1;
    return make_buffers(e, pool, err);
}

int ensemble_open(struct ensemble *e, char *const *paths, int count, const char *data_path,
                  const struct dataset_info *data, struct nn_pool *pool, struct inputs *inputs,
                  struct err *err)
{
    if (ensemble_load(e, paths, count, inputs, err) == 0 &&
        ensemble_begin(e, data_path, data, pool, err) == 0)
        return 0;
    ensemble_close(e);
    return -1;
}

int ensemble_check_device(const struct ensemble *e, struct err *err)
{
    static const char without[] = "; --device cpu does without it";

    return device_check(e->device, without, without, err);
}

int ensemble_move(struct ensemble *e, struct nn_device *device, struct err *err)
{
    e->device = device;
    for (int m = 0; m < e->count; m++)
        if (nn_predictor_move(e->predictors[m], device))
            return ensemble_check_device(e, err) ? -1
                                                 : err_memory(err, "predicting on the device", 0);
    return 0;
}

int ensemble_by_fold(struct ensemble *e, const char *digest, struct err *err)
{
    e->by_fold = true;
    if (out_of_fold_init(&e->folds, e->models, e->paths, e->count, e->data_path, e->data, digest,
                         err))
        return -1;
    for (int m = 0; m < e->count; m++) {
        e->rows[m] = rows_alloc(e->room, sizeof *e->rows[m], "the rows of a fold", err);
        if (!e->rows[m])
            return -1;
    }
    return 0;
}

int ensemble_measure_losses(struct ensemble *e, struct err *err)
{
    e->losses = calloc((size_t)e->count, sizeof *e->losses);
    if (!e->losses)
        return err_memory(err, "the losses", 0);
    for (int m = 0; m < e->count; m++) {
        e->losses[m] = rows_alloc(e->room, sizeof *e->losses[m], "losses", err);
        if (!e->losses[m])
            return -1;
    }
    if (e->data->soft_labels && e->count > 1)
        return 0;
    e->mean_losses = rows_alloc(e->room, sizeof *e->mean_losses, "losses", err);
    return e->mean_losses ? 0 : -1;
}

void ensemble_close(struct ensemble *e)
{
    for (int m = 0; m < e->count; m++) {
        if (e->predictors)
            nn_predictor_free(e->predictors[m]);
        if (e->each)
            free(e->each[m]);
        if (e->rows)
            free(e->rows[m]);
        if (e->views)
            free(e->views[m]);
        if (e->models)
            model_free(&e->models[m]);
    }
    for (int m = 0; e->losses && m < e->count; m++)
        free(e->losses[m]);
    free(e->losses);
    free(e->mean_losses);
    out_of_fold_free(&e->folds);
    free(e->predictors);
    free(e->each);
    free(e->rows);
    free(e->rows_count);
    free(e->views);
    free(e->weights);
    free(e->models);
    free(e->sum);
    free(e->sum_weight);
    free(e->log_sum);
    free(e->mean);
    memset(e, 0, sizeof *e);
}

/* ---- Predicting ---- */

/* Returns the index of the first value that is no probability, or -1. */
static int64_t first_bad(const float *probabilities, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
            return i;
    return -1;
}

static void choose_all(struct ensemble *e, int64_t count)
{
    double sum = 0;

    for (int m = 0; m < e->count; m++) {
        e->rows_count[m] = count;
        sum += e->weights[m];
    }
    for (int64_t i = 0; i < count; i++)
        e->sum_weight[i] = sum;
}

/* Chooses for each model the rows that it did not train on. */
static int choose_by_fold(struct ensemble *e, const struct dataset_chunk *chunk, struct err *err)
{

    memset(e->rows_count, 0, (size_t)e->count * sizeof *e->rows_count);
    for (int64_t i = 0; i < chunk->count; i++) {
        out_of_fold_next(&e->folds, chunk, i, dataset_class(e->data, chunk, i));
        e->sum_weight[i] = 0;
        for (int m = 0; m < e->count; m++)
            if (out_of_fold_has(&e->folds, m)) {
                e->rows[m][e->rows_count[m]++] = i;
                e->sum_weight[i] += e->weights[m];
            }
        if (!(e->sum_weight[i] > 0)) {
            struct strbuf text = {0};

            out_of_fold_add_text(&e->folds, &text);
            err_set(err, EX_DATAERR,
                    "%s: row %lld is in %s, and no model given (with a weight above 0) was "
                    "validated on that fold: its model is missing",
                    e->data_path, (long long)chunk->rows[i], strbuf_shown(&text));
            strbuf_free(&text);
            return -1;
        }
    }
    return 0;
}

int64_t ensemble_place(const struct ensemble *e, int m, int64_t row)
{
    return e->rows[m] ? e->rows[m][row] : row;
}

/* Predicts data by model m into out, and its losses if `losses` is given; places as in
 * ensemble_predict_with(). */
static int predict_data(struct ensemble *e, int m, const struct nn_data *data,
                        const struct dataset_chunk *chunk, const int64_t *places, float *out,
                        double *losses, struct err *err)
{
    int64_t bad;

    nn_predict_scored(e->predictors[m], data, out, losses);
    if (ensemble_check_device(e, err))
        return -1;
    bad = first_bad(out, data->n * e->classes);
    if (bad < 0)
        return 0;
    return err_set(err, EX_DATAERR,
                   "%s gives row %lld a probability of %g: its weights or the row's pixels are out "
                   "of all bounds",
                   e->paths[m],
                   (long long)chunk->rows[places ? places[bad / e->classes] : bad / e->classes],
                   (double)out[bad]);
}

static struct nn_data images_of(const struct ensemble *e, const void *images, int64_t n,
                                const int64_t *index)
{
    return (struct nn_data){.n = n,
                            .index = index,
                            .u8 = e->data->pixel == DTYPE_U8 ? images : NULL,
                            .f32 = e->data->pixel == DTYPE_F32 ? images : NULL};
}

int ensemble_predict_with(struct ensemble *e, int m, const void *images, int64_t n,
                          const int64_t *index, const struct dataset_chunk *chunk,
                          const int64_t *places, float *out, struct err *err)
{
    const struct nn_data data = images_of(e, images, n, index);

    return predict_data(e, m, &data, chunk, places, out, NULL, err);
}

/* Predicts model m's rows of the chunk, and measures their losses if these were requested. */
static int predict_own(struct ensemble *e, int m, const struct dataset_chunk *chunk,
                       struct err *err)
{
    struct nn_data data = images_of(e, ensemble_images(e, m, chunk), e->rows_count[m], e->rows[m]);

    if (e->losses) {
        data.onehot = e->data->soft_labels ? NULL : chunk->labels;
        data.soft = e->data->soft_labels ? chunk->labels : NULL;
    }
    return predict_data(e, m, &data, chunk, e->rows[m], e->each[m], e->losses ? e->losses[m] : NULL,
                        err);
}

/* Computes the losses of the geometric mean: the mean of the losses, and the logarithm of the sum
 * that made it sum to 1. */
static void take_geometric_losses(struct ensemble *e, int64_t count)
{
    memset(e->mean_losses, 0, (size_t)count * sizeof *e->mean_losses);
    for (int m = 0; m < e->count; m++)
        for (int64_t row = 0; row < e->rows_count[m]; row++)
            e->mean_losses[ensemble_place(e, m, row)] += e->weights[m] * e->losses[m][row];
    for (int64_t i = 0; i < count; i++)
        e->mean_losses[i] = e->mean_losses[i] / e->sum_weight[i] + e->log_sum[i];
}

/* Computes the losses of the mean: -ln of the weighted mean of exp(-loss), from the smallest loss
 * up, which no probability is too small for. */
static void take_mean_losses(struct ensemble *e, int64_t count)
{
    double *least = e->mean_losses, *sum = e->sum; /* which the mean is taken from already */

    for (int64_t i = 0; i < count; i++) {
        least[i] = INFINITY;
        sum[i] = 0;
    }
    for (int m = 0; m < e->count; m++)
        for (int64_t row = 0; row < e->rows_count[m] && e->weights[m] > 0; row++) {
            const int64_t i = ensemble_place(e, m, row);

            least[i] = fmin(least[i], e->losses[m][row]);
        }
    for (int m = 0; m < e->count; m++)
        for (int64_t row = 0; row < e->rows_count[m] && e->weights[m] > 0; row++) {
            const int64_t i = ensemble_place(e, m, row);

            sum[i] += e->weights[m] * exp(least[i] - e->losses[m][row]);
        }
    for (int64_t i = 0; i < count; i++)
        least[i] -= log(sum[i] / e->sum_weight[i]);
}

double ensemble_term(const struct ensemble *e, float probability)
{
    return e->geometric ? geometric_log((double)probability) : (double)probability;
}

static void add_weighted(struct ensemble *e, int m)
{
    for (int64_t row = 0; row < e->rows_count[m]; row++) {
        const float *from = e->each[m] + row * e->classes;
        double *to = e->sum + ensemble_place(e, m, row) * e->classes;

        for (int k = 0; k < e->classes; k++)
            to[k] += e->weights[m] * ensemble_term(e, from[k]);
    }
}

void ensemble_take_mean(struct ensemble *e, int64_t count)
{
    memset(e->sum, 0, (size_t)count * (size_t)e->classes * sizeof *e->sum);
    for (int m = 0; m < e->count; m++)
        add_weighted(e, m);
    for (int64_t i = 0; i < count * e->classes; i++)
        e->sum[i] /= e->sum_weight[i / e->classes];
    for (int64_t i = 0; i < count && e->geometric; i++)
        e->log_sum[i] = geometric_normalize(e->sum + i * e->classes, e->classes);
    for (int64_t i = 0; i < count * e->classes; i++)
        e->mean[i] = (float)e->sum[i];
}

int ensemble_predict(struct ensemble *e, const struct dataset_chunk *chunk, struct err *err)
{
    if (!e->by_fold)
        choose_all(e, chunk->count);
    else if (choose_by_fold(e, chunk, err))
        return -1;
    for (int m = 0; m < e->count; m++)
        if (e->views[m])
            view_apply(&e->models[m].view, e->data, chunk->images, chunk->count, e->views[m]);
    for (int m = 0; m < e->count; m++)
        if (predict_own(e, m, chunk, err))
            return -1;
    ensemble_take_mean(e, chunk->count);
    if (e->mean_losses)
        (e->geometric ? take_geometric_losses : take_mean_losses)(e, chunk->count);
    return 0;
}
