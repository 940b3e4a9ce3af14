#ifndef PIPELINE_KEEP_H
#define PIPELINE_KEEP_H

#include "nn/nn.h"
#include "pipeline/base/err.h"
#include "pipeline/predict/metrics.h"

#include <jansson.h>

/* Epoch that --keep keeps, and the figure of the validation data that it goes by. */
enum keep {
    KEEP_LAST,
    KEEP_BEST, /* by the loss */
    KEEP_ACCURACY,
    KEEP_MACRO_F1, /* from here on figures of all probabilities, see pipeline/predict/score.h */
    KEEP_BALANCED_ACCURACY,
    KEEP_AUC
};
enum { KEEPS = KEEP_AUC + 1 };
extern const char *const keep_words[]; /* by number, NULL at the end */

struct keep_figure {
    const char *key, *name; /* in what an epoch records; for display */
    bool higher;            /* is better; else lower */
};
extern const struct keep_figure keep_figures[KEEPS];

/* Returns what the settings of a training record; KEEP_LAST: by the loss, if at all. */
enum keep keep_recorded(const json_t *settings);
bool keep_is_better(enum keep keep, double figure, double than);

/* Fails with EX_USAGE if so many rows are too many for the figure. */
MUST_CHECK int keep_check(enum keep keep, int64_t rows, int classes, struct err *err);
/* Predicts labelled data, chunk by chunk, into `metrics`. */
MUST_CHECK int keep_gather(struct metrics *metrics, struct nn_predictor *predictor,
                           const struct nn_data *data, struct err *err);
/* Finds the figure of labelled data that has that score; NAN: it is not defined. */
MUST_CHECK int keep_measure(enum keep keep, struct nn_predictor *predictor,
                            const struct nn_data *data, int classes, const struct nn_score *score,
                            double *figure, struct err *err);

#endif
