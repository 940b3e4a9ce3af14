#ifndef PIPELINE_SCORE_H
#define PIPELINE_SCORE_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdint.h>

/* The figures that contests score by. NAN: undefined, or not known. */
struct score {
    int64_t rows, correct;
    double loss;              /* mean cross-entropy in nats, a contest's log loss */
    double macro_f1;          /* mean F1 of the classes where it is defined */
    double balanced_accuracy; /* mean recall of the classes that have rows */
    double auc;               /* see auc_mean() */
};

double score_accuracy(const struct score *score);
/* Returns the standard error of an accuracy p over n rows: sqrt(p (1 - p) / n), NAN where there is
 * no row. */
double accuracy_error(double accuracy, double rows);

/* "accuracy 91.20 % +- 0.28 %, loss 0.2431, 880 of 10000 wrong", and "macro F1 0.9118, balanced
 * accuracy 0.9120, AUC 0.9951"; without loss and AUC where they are not known */
enum { SCORE_TEXT = 160 };
const char *score_text(const struct score *score, char text[SCORE_TEXT]);
const char *contest_text(const struct score *score, char text[SCORE_TEXT]);

/* Returns a new object, as predict's summary has it; what is not known is null. NULL: out of
 * memory. */
json_t *score_json(const struct score *score);
/* Reads such an object. -1: its numbers of rows and of correct ones are not sound. */
MUST_CHECK int score_read(struct score *score, const json_t *json);

#endif
