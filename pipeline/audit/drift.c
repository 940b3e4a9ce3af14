/* A small network that tells two sets of pictures apart, trained as fit trains. */
#include "drift.h"

#include "pipeline/base/memory.h"
#include "pipeline/fit/settings.h"
#include "pipeline/predict/auc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
    LEAST_EPOCHS = 3,
    MOST_EPOCHS = 40,
    STEPS = 300, /* to be taken between these */
    MOST_TRAINED = 15000, /* rows of each set, for a network */
    LONGEST_SIDE = 32     /* larger pictures are pooled to this */
};

/* What is held while the networks are trained. */
struct work {
    const struct pictures *pictures;
    int64_t split;
    uint8_t *onehot;       /* [n][2] */
    int64_t *index;        /* [n] rows, those that are trained on first, to be predicted last */
    float *probabilities;  /* [n][2] */
    struct nn_network *net;
    struct nn_weights *weights;
    struct nn_trainer *trainer;
    struct nn_predictor *predictor;
    void (*progress)(double share);
};

/* Returns which half a row is in, by its picture: copies of one that are in both sets would be known
 * as of the wrong one, if a network had learnt the other. */
static int half_of(const struct pictures *p, int64_t row)
{
    const size_t bytes = (size_t)(p->c * p->h * p->w) * dtype_size(p->pixel);

    return (int)(XXH3_64bits((const char *)p->images + (size_t)row * bytes, bytes) >> 32 & 1);
}

static int make_network(struct work *w, struct err *err)
{
    const struct pictures *p = w->pictures;
    const int side = p->h < p->w ? p->h : p->w, longest = p->h > p->w ? p->h : p->w;
    int pool = (longest + LONGEST_SIDE - 1) / LONGEST_SIDE;
    struct nn_error error;
    char text[200], pooled[40] = "";

    pool = pool < side ? pool : side;
    if (pool > 1)
        snprintf(pooled, sizeof pooled, "avgpool %d, ", pool);
    snprintf(text, sizeof text,
             "%sconv 8 3x3 stride 2 pad 1, batchnorm, relu, conv 16 3x3 stride 2 pad 1, batchnorm, "
             "relu, flatten, linear 32, relu, linear",
             pooled);
    if (nn_network_new(&w->net, text, (struct nn_shape){p->c, p->h, p->w}, 2, &error))
        return err_set(err, error.out_of_memory ? EX_OSERR : EX_DATAERR, "telling sets apart: %s",
                       error.text);
    w->weights = nn_weights_new(w->net);
    return w->weights ? 0 : err_memory(err, "a network", 0);
}

/* Chooses rows: those of the other half are trained on, of each set at most MOST_TRAINED, evenly;
 * those of `half` follow. Returns how many are trained on; *count: all chosen. */
static int64_t choose_rows(struct work *w, int half, int64_t *count)
{
    const int64_t n = w->pictures->n;
    int64_t trained = 0, there[2] = {0, 0}, seen[2] = {0, 0};

    for (int64_t i = 0; i < n; i++)
        there[i >= w->split] += half_of(w->pictures, i) != half;
    for (int64_t i = 0; i < n; i++) {
        const int set = i >= w->split;

        if (half_of(w->pictures, i) == half)
            continue;
        if (there[set] <= MOST_TRAINED ||
            (seen[set] + 1) * MOST_TRAINED / there[set] > seen[set] * MOST_TRAINED / there[set])
            w->index[trained++] = i;
        seen[set]++;
    }
    *count = trained;
    for (int64_t i = 0; i < n; i++)
        if (half_of(w->pictures, i) == half)
            w->index[(*count)++] = i;
    return trained;
}

/* Trains by fit's own settings. */
static int train(struct work *w, int half, const struct nn_data *data, const struct nn_input *input,
                 struct nn_pool *pool, struct err *err)
{
    struct training_settings settings;
    int trained = 1, epochs;

    settings_reset(&settings);
    epochs = STEPS * settings.nn.batch / (int)(data->n + 1) + 1;
    epochs = epochs < LEAST_EPOCHS ? LEAST_EPOCHS : epochs > MOST_EPOCHS ? MOST_EPOCHS : epochs;
    settings.nn.epochs = epochs;
    settings_complete(&settings);
    nn_weights_init(w->weights, settings.nn.seed);
    w->trainer = nn_trainer_new(w->net, w->weights, pool, data, input, &settings.nn);
    if (!w->trainer)
        return err_memory(err, "a network to train", 0);
    for (int epoch = 1; epoch <= epochs && trained >= 0; epoch++) {
        nn_trainer_begin_epoch(w->trainer, epoch);
        while ((trained = nn_trainer_step(w->trainer)) > 0) {
            const struct nn_progress *at = nn_trainer_progress(w->trainer);
            const double done = (double)at->rows / (double)data->n;

            w->progress((half + (epoch - 1 + done) / epochs) / 2);
        }
    }
    if (trained < 0)
        return err_set(err, EX_DATAERR, "telling sets apart: the loss is not finite");
    nn_trainer_estimate(w->trainer);
    return 0;
}

/* Predicts the rows of one half by a network trained on the other. */
static int predict_half(struct work *w, int half, struct drift *drift, const struct nn_input *input,
                        struct nn_pool *pool, struct err *err)
{
    const struct pictures *p = w->pictures;
    struct nn_data data = {.index = w->index, .onehot = w->onehot};
    int64_t count, trained = choose_rows(w, half, &count);

    if (p->pixel == DTYPE_U8)
        data.u8 = p->images;
    else
        data.f32 = p->images;
    data.n = trained;
    drift->trained = trained > drift->trained ? trained : drift->trained;
    if (train(w, half, &data, input, pool, err))
        return -1;
    w->predictor = nn_predictor_new(w->net, nn_trainer_kept(w->trainer), pool, input);
    if (!w->predictor)
        return err_memory(err, "a network", 0);
    data.index = w->index + trained;
    data.n = count - trained;
    nn_predict(w->predictor, &data, w->probabilities);
    for (int64_t i = 0; i < data.n; i++)
        drift->first[data.index[i]] = w->probabilities[2 * i];
    nn_predictor_free(w->predictor);
    nn_trainer_free(w->trainer);
    w->predictor = NULL;
    w->trainer = NULL;
    return 0;
}

static int score(struct drift *drift, const struct pictures *p, int64_t split, struct err *err)
{
    const double n1 = (double)split, n2 = (double)(p->n - split);
    struct auc auc;
    double a, q1, q2;

    if (auc_init(&auc, p->n, 2, err))
        return -1;
    for (int64_t i = 0; i < p->n; i++) {
        const double both[2] = {1 - (double)drift->first[i], (double)drift->first[i]};

        auc_add(&auc, both, i < split);
    }
    drift->auc = a = auc_mean(&auc);
    auc_free(&auc);
    q1 = a / (2 - a);
    q2 = 2 * a * a / (1 + a);
    drift->error =
        sqrt(fmax((a * (1 - a) + (n1 - 1) * (q1 - a * a) + (n2 - 1) * (q2 - a * a)) / (n1 * n2),
                  0));
    return 0;
}

int drift_measure(struct drift *drift, const struct pictures *p, int64_t split, double divisor,
                  struct nn_pool *pool, void (*progress)(double share), struct err *err)
{
    const struct nn_input input = {.divisor = (float)divisor, .mean = 0, .std = 1};
    struct work w = {.pictures = p, .split = split, .progress = progress};
    int result = -1;

    *drift = (struct drift){.auc = NAN};
    if (split < DRIFT_LEAST || p->n - split < DRIFT_LEAST)
        return err_set(err, EX_DATAERR, "to tell two sets apart takes %d rows of each",
                       DRIFT_LEAST);
    drift->first = rows_alloc(p->n, sizeof *drift->first, "probabilities", err);
    w.onehot = drift->first ? rows_alloc(p->n, 2, "which set rows are of", err) : NULL;
    w.index = w.onehot ? rows_alloc(p->n, sizeof *w.index, "the rows", err) : NULL;
    w.probabilities = w.index ? rows_alloc(p->n, 2 * sizeof(float), "probabilities", err) : NULL;
    if (w.probabilities && make_network(&w, err) == 0) {
        for (int64_t i = 0; i < p->n; i++) {
            w.onehot[2 * i] = i < split;
            w.onehot[2 * i + 1] = i >= split;
        }
        result = predict_half(&w, 0, drift, &input, pool, err) ||
                         predict_half(&w, 1, drift, &input, pool, err)
                     ? -1
                     : score(drift, p, split, err);
    }
    nn_predictor_free(w.predictor);
    nn_trainer_free(w.trainer);
    nn_weights_free(w.weights);
    nn_network_free(w.net);
    free(w.onehot);
    free(w.index);
    free(w.probabilities);
    return result;
}

bool drift_is_seen(const struct drift *drift)
{
    const double least = 0.55, errors = 4;

    return drift->auc >= least && drift->auc - 0.5 > errors * drift->error;
}

void drift_free(struct drift *drift)
{
    free(drift->first);
    *drift = (struct drift){.auc = NAN};
}
