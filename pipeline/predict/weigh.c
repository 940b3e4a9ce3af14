/* Finds weights for a mean of predictions, and what they gain. */
#include "weigh.h"

#include "pipeline/base/json.h"
#include "pipeline/dataset/rows.h"
#include "weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fewer rows than these tell nothing, whatever their figures. */
enum { LEAST_ROWS = 10 * GREEDY_FOLDS };

/* ---- What is given ---- */

static int name_all(struct weigh *w, struct err *err)
{
    w->names = calloc((size_t)w->count, sizeof *w->names);
    for (int m = 0; w->names && m < w->count; m++) {
        w->names[m] = weights_name(w->paths[m]);
        if (!w->names[m])
            return err_memory(err, "the names", 0);
        for (int other = 0; other < m; other++)
            if (strcmp(w->names[other], w->names[m]) == 0)
                return err_set(err, EX_USAGE,
                               "%s and %s are both called '%s', by what is before the first dot, "
                               "and weights go by these names: rename one",
                               w->paths[other], w->paths[m], w->names[m]);
    }
    return w->names ? 0 : err_memory(err, "the names", 0);
}

/* Refuses rows that tell nothing of how models weigh. */
static int check_rows(const struct join *j, struct err *err)
{
    char text[RELATION_TEXT];

    if (!j->info.has_labels)
        return err_set(err, EX_DATAERR, "%s: it has no labels, and they say what is worth how much",
                       j->paths[0]);
    if (j->info.soft_labels)
        return err_set(err, EX_DATAERR, "%s: its labels are shares: weights take one class a row",
                       j->paths[0]);
    for (int m = 0; m < j->count; m++)
        if (relation_kind(&j->relations[m]) == RELATION_TRAINED ||
            relation_kind(&j->relations[m]) == RELATION_PART)
            return err_set(err, EX_DATAERR,
                           "%s: %s, and would weigh most what knows them by heart: take rows held "
                           "back, or predict --oof",
                           j->paths[m], relation_text(&j->relations[m], text));
    return 0;
}

static int allocate(struct weigh *w, int64_t rows, int classes, struct err *err)
{
    const size_t count = (size_t)w->count;

    w->data.models = w->count;
    w->data.rows = rows;
    w->data.p = calloc(count, sizeof *w->data.p);
    w->data.fold = calloc((size_t)rows, 1);
    w->equal = calloc(count * (3 + GREEDY_FOLDS), sizeof *w->equal);
    w->each = calloc(count, sizeof *w->each);
    if (!w->data.p || !w->data.fold || !w->equal || !w->each)
        return err_memory(err, "the predictions", 0);
    w->found = w->equal + count;
    w->weights = w->found + count;
    w->cross = w->weights + count;
    for (int m = 0; m < w->count; m++) {
        w->equal[m] = 1.0 / w->count;
        w->data.p[m] = calloc((size_t)rows, sizeof **w->data.p);
        if (!w->data.p[m])
            return err_memory(err, "the predictions",
                              (unsigned long long)rows * sizeof **w->data.p);
        if (metrics_init(&w->each[m], classes, err))
            return -1;
    }
    for (int k = 0; k < WEIGH_MEANS; k++)
        if (metrics_init(&w->means[k], classes, err))
            return -1;
    return 0;
}

/* ---- The two readings ---- */

/* Gathers the probabilities of the labels. */
static int gather(struct weigh *w, struct join *j, int64_t *seen, struct err *err)
{
    int64_t at = 0;
    int got;

    while ((got = join_next(j, err)) > 0)
        for (int64_t i = 0; i < j->rows.count; i++, at++) {
            const int class = label_class(j->rows.labels, false, j->classes, i);

            w->data.fold[at] = greedy_fold(seen, class);
            for (int m = 0; m < w->count; m++)
                w->data.p[m][at] = j->chunks[m].probabilities[i * j->classes + class];
        }
    return got;
}

static int read_labels(struct weigh *w, struct inputs *inputs, struct err *err)
{
    struct join j = {0};
    int64_t *seen = NULL;
    int result = -1;

    if (join_open(&j, w->paths, w->count, w->output, inputs, err) == 0) {
        join_weigh(&j, NULL);
        w->relation = j.relation;
        w->digests = json_incref(j.models_of);
        seen = calloc((size_t)j.classes, sizeof *seen);
        if (!seen)
            err_memory(err, "the classes", 0);
        else if (check_rows(&j, err) == 0 && allocate(w, j.each[0].n, j.classes, err) == 0)
            result = gather(w, &j, seen, err);
    }
    free(seen);
    join_close(&j);
    return result;
}

/* Takes a mean of row i of the chunk. */
static void mean_of(const struct join *j, const double *weights, int64_t i, float *mean)
{
    for (int k = 0; k < j->classes; k++) {
        double sum = 0;

        for (int m = 0; m < j->count; m++)
            sum += weights[m] * (double)j->chunks[m].probabilities[i * j->classes + k];
        mean[k] = (float)sum;
    }
}

static int score(struct weigh *w, struct join *j, float *mean, struct err *err)
{
    int64_t at = 0;
    int got;

    while ((got = join_next(j, err)) > 0) {
        for (int m = 0; m < w->count; m++)
            metrics_add(&w->each[m], j->chunks[m].probabilities, j->rows.labels, false, NULL,
                        j->rows.count);
        for (int64_t i = 0; i < j->rows.count; i++, at++) {
            const double *weights[] = {w->equal, w->found, w->cross + w->data.fold[at] * w->count};

            for (int k = 0; k < WEIGH_MEANS; k++) {
                mean_of(j, weights[k], i, mean);
                metrics_add(&w->means[k], mean, j->rows.labels, false, &i, 1);
            }
        }
    }
    return got;
}

static int score_all(struct weigh *w, struct err *err)
{
    struct inputs again = {0};
    struct join j = {0};
    float *mean = NULL;
    int result = -1;

    if (join_open(&j, w->paths, w->count, w->output, &again, err) == 0) {
        mean = calloc((size_t)j.classes, sizeof *mean);
        result = mean ? score(w, &j, mean, err) : err_memory(err, "the means", 0);
    }
    free(mean);
    join_close(&j);
    inputs_free(&again);
    return result;
}

/* ---- Weighing ---- */

/* Compares losses row by row. */
static void judge(struct weigh *w)
{
    const double n = (double)w->data.rows;
    double sum = 0, squares = 0;

    for (int64_t i = 0; i < w->data.rows; i++) {
        const double gain = greedy_loss(&w->data, w->equal, i) -
                            greedy_loss(&w->data, w->cross + w->data.fold[i] * w->count, i);

        sum += gain;
        squares += gain * gain;
    }
    w->gain = sum / n;
    w->error = sqrt(fmax(squares / n - w->gain * w->gain, 0) / fmax(n - 1, 1));
    w->pays = w->data.rows >= LEAST_ROWS && w->gain > 2 * w->error;
    for (int m = 0; m < w->count; m++)
        w->weights[m] = w->pays ? w->found[m] : w->equal[m];
}

int weigh_make(struct weigh *w, char *const *paths, int count, const char *output,
               struct inputs *inputs, struct err *err)
{
    *w = (struct weigh){.paths = paths, .count = count, .output = output};
    if (name_all(w, err) || read_labels(w, inputs, err) ||
        greedy_select(&w->data, -1, w->found, err))
        return -1;
    for (int f = 0; f < GREEDY_FOLDS; f++)
        if (greedy_select(&w->data, f, w->cross + f * count, err))
            return -1;
    judge(w);
    return score_all(w, err);
}

void weigh_close(struct weigh *w)
{
    for (int m = 0; m < w->count; m++) {
        if (w->names)
            free(w->names[m]);
        if (w->data.p)
            free(w->data.p[m]);
        if (w->each)
            metrics_free(&w->each[m]);
    }
    for (int k = 0; k < WEIGH_MEANS; k++)
        metrics_free(&w->means[k]);
    free(w->names);
    free(w->data.p);
    free(w->data.fold);
    free(w->equal);
    free(w->each);
    json_decref(w->digests);
    *w = (struct weigh){.paths = NULL};
}

/* ---- JSON ---- */

static json_t *score_of(const struct metrics *metrics)
{
    const struct score score = metrics_score(metrics);

    return score_json(&score);
}

json_t *weigh_json(const struct weigh *w)
{
    json_t *models = json_array(), *folds = json_array();

    for (int m = 0; m < w->count; m++)
        json_array_append_new(models, json_pack("{s:s, s:f, s:f, s:O, s:o}", "name", w->names[m],
                                                "weight", w->weights[m], "found", w->found[m],
                                                "models", json_array_get(w->digests, (size_t)m),
                                                "score", score_of(&w->each[m])));
    for (int f = 0; f < GREEDY_FOLDS; f++) {
        json_t *fold = json_array();

        for (int m = 0; m < w->count; m++)
            json_array_append_new(fold, json_real(w->cross[f * w->count + m]));
        json_array_append_new(folds, fold);
    }
    return json_pack("{s:o, s:I, s:b, s:f, s:f, s:o, s:o, s:o, s:o, s:o}", "models", models, "rows",
                     (json_int_t)w->data.rows, "pays", w->pays, "gain", w->gain, "error", w->error,
                     "equal", score_of(&w->means[WEIGH_EQUAL]), "weighed",
                     score_of(&w->means[WEIGH_FOUND]), "cross_fitted",
                     score_of(&w->means[WEIGH_CROSS]), "folds", folds, "relation",
                     relation_json(&w->relation));
}
