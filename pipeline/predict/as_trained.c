/* The rows of an ensemble in the precision that its models were trained with. */
#include "as_trained.h"

#include "metrics.h"
#include "pipeline/base/memory.h"
#include "pipeline/dataset/rows.h"

#include <stdlib.h>

static bool differs(const struct model *model)
{
    return nn_network_precision(model->net) != model->precision;
}

/* Makes a predictor, which keeps the precision that the network has just then. */
static struct nn_predictor *make_predictor(const struct model *model, struct nn_pool *pool)
{
    const enum nn_precision chosen = nn_network_precision(model->net);
    struct nn_predictor *predictor;

    nn_network_set_precision(model->net, model->precision);
    predictor = nn_predictor_new(model->net, model->weights, pool, &model->input);
    nn_network_set_precision(model->net, chosen);
    return predictor;
}

static int make_buffers(struct as_trained *t, int m, struct nn_pool *pool, struct err *err)
{
    const struct ensemble *e = t->ensemble;

    if (!differs(&e->models[m])) {
        t->each[m] = e->each[m];
        return 0;
    }
    t->predictors[m] = make_predictor(&e->models[m], pool);
    if (!t->predictors[m])
        return err_memory(err, "predicting as trained", 0);
    t->each[m] = rows_alloc(e->room, (size_t)e->classes * sizeof(float), "probabilities", err);
    return t->each[m] ? 0 : -1;
}

int as_trained_init(struct as_trained *t, const struct ensemble *e, struct nn_pool *pool,
                    struct err *err)
{
    int differing = 0;

    *t = (struct as_trained){.ensemble = NULL};
    for (int m = 0; m < e->count; m++)
        differing += differs(&e->models[m]);
    if (differing == 0)
        return 0;
    t->ensemble = e;
    t->predictors = calloc((size_t)e->count, sizeof *t->predictors);
    t->each = calloc((size_t)e->count, sizeof *t->each);
    if (!t->predictors || !t->each)
        return err_memory(err, "predicting as trained", 0);
    for (int m = 0; m < e->count; m++)
        if (make_buffers(t, m, pool, err))
            return -1;
    t->mean = rows_alloc(e->room, (size_t)e->classes * sizeof *t->mean, "probabilities", err);
    return t->mean ? 0 : -1;
}

void as_trained_free(struct as_trained *t)
{
    for (int m = 0; t->predictors && m < t->ensemble->count; m++)
        if (t->predictors[m]) {
            nn_predictor_free(t->predictors[m]);
            free(t->each[m]);
        }
    free(t->predictors);
    free(t->each);
    free(t->mean);
    *t = (struct as_trained){.ensemble = NULL};
}

static void count(struct as_trained *t, const struct dataset_chunk *chunk)
{
    const struct ensemble *e = t->ensemble;

    for (int64_t i = 0; i < chunk->count; i++) {
        const int truth = dataset_class(e->data, chunk, i);
        const int now = metrics_largest(e->mean + i * e->classes, e->classes);
        const int trained = metrics_largest(t->mean + i * e->classes, e->classes);

        t->changed += now != trained;
        t->right += now == truth;
        t->right_as_trained += trained == truth;
    }
    t->rows += chunk->count;
}

int as_trained_predict(struct as_trained *t, const struct dataset_chunk *chunk, struct err *err)
{
    struct ensemble e = *t->ensemble; /* the same one, but for these: */

    e.predictors = t->predictors;
    e.each = t->each;
    e.mean = t->mean;
    for (int m = 0; m < e.count; m++)
        if (e.predictors[m] &&
            ensemble_predict_with(&e, m, ensemble_images(&e, m, chunk), e.rows_count[m], e.rows[m],
                                  chunk, e.rows[m], e.each[m], err))
            return -1;
    ensemble_take_mean(&e, chunk->count);
    count(t, chunk);
    return 0;
}
