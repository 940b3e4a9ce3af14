/* The figure by which the best epoch is chosen. */
#include "keep.h"

#include "pipeline/base/memory.h"
#include "pipeline/predict/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 4096 };

const char *const keep_words[] = {[KEEP_LAST] = "last",
                                  [KEEP_BEST] = "best",
                                  [KEEP_ACCURACY] = "best-accuracy",
                                  [KEEP_MACRO_F1] = "best-macro-f1",
                                  [KEEP_BALANCED_ACCURACY] = "best-balanced-accuracy",
                                  [KEEP_AUC] = "best-auc",
                                  [KEEPS] = NULL};

const struct keep_figure keep_figures[KEEPS] = {
    [KEEP_LAST] = {"loss", "loss", false},
    [KEEP_BEST] = {"loss", "loss", false},
    [KEEP_ACCURACY] = {"accuracy", "accuracy", true},
    [KEEP_MACRO_F1] = {"macro_f1", "macro F1", true},
    [KEEP_BALANCED_ACCURACY] = {"balanced_accuracy", "balanced accuracy", true},
    [KEEP_AUC] = {"auc", "AUC", true}};

enum keep keep_recorded(const json_t *settings)
{
    const char *word = json_string_value(json_object_get(settings, "keep"));

    for (int k = KEEP_ACCURACY; word && k < KEEPS; k++)
        if (strcmp(word, keep_words[k]) == 0)
            return (enum keep)k;
    return KEEP_LAST;
}

bool keep_is_better(enum keep keep, double figure, double than)
{
    return keep_figures[keep].higher ? figure > than : figure < than;
}

int keep_check(enum keep keep, int64_t rows, int classes, struct err *err)
{
    if (keep != KEEP_AUC || auc_fits(rows, classes, 1))
        return 0;
    return err_set(err, EX_USAGE,
                   "--keep best-auc holds up to %d probabilities, %lld validation rows of %d "
                   "classes have more",
                   AUC_MOST, (long long)rows, classes);
}

int keep_gather(struct metrics *metrics, struct nn_predictor *predictor, const struct nn_data *data,
                struct err *err)
{
    const void *labels = data->soft ? (const void *)data->soft : data->onehot;
    const size_t row = (size_t)metrics->classes * sizeof(float);
    struct nn_data chunk = *data;
    int64_t *numbers = rows_alloc(CHUNK_ROWS, sizeof *numbers, "rows to score", err);
    float *probabilities = numbers ? rows_alloc(CHUNK_ROWS, row, "probabilities", err) : NULL;

    chunk.index = numbers;
    for (int64_t from = 0; probabilities && from < data->n; from += chunk.n) {
        chunk.n = data->n - from < CHUNK_ROWS ? data->n - from : CHUNK_ROWS;
        for (int64_t i = 0; i < chunk.n; i++)
            numbers[i] = data->index ? data->index[from + i] : from + i;
        nn_predict(predictor, &chunk, probabilities);
        metrics_add(metrics, probabilities, labels, data->soft != NULL, numbers, chunk.n);
    }
    free(numbers);
    free(probabilities);
    return probabilities ? 0 : -1;
}

int keep_measure(enum keep keep, struct nn_predictor *predictor, const struct nn_data *data,
                 int classes, const struct nn_score *score, double *figure, struct err *err)
{
    struct metrics metrics = {0};
    struct score all;
    int result = -1;

    *figure = keep == KEEP_ACCURACY ? (double)score->correct / (double)score->rows
                                    : score->loss / (double)score->rows;
    if (keep < KEEP_MACRO_F1)
        return 0;
    if (metrics_init(&metrics, classes, err) == 0 &&
        (keep != KEEP_AUC || metrics_measure_auc(&metrics, data->n, 1, err) == 0) &&
        keep_gather(&metrics, predictor, data, err) == 0) {
        all = metrics_score(&metrics);
        *figure = keep == KEEP_MACRO_F1            ? all.macro_f1
                  : keep == KEEP_BALANCED_ACCURACY ? all.balanced_accuracy
                                                   : all.auc;
        result = 0;
    }
    metrics_free(&metrics);
    return result;
}
