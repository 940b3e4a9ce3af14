#ifndef PIPELINE_SCORE_H
#define PIPELINE_SCORE_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The figures that contests score by. NAN: undefined, or not known. */
struct score {
    int64_t rows, correct;
    double loss;              /* mean cross-entropy in nats, a contest's log loss */
    double macro_f1;          /* mean F1 of the classes where it is defined */
    double balanced_accuracy; /* mean recall of the classes that have rows */
    double auc;               /* see auc_mean() */
    bool at_least;            /* the loss is that or more: probabilities were 0 in 32 bits */
};

double score_accuracy(const struct score *score);
/* Returns the standard error of an accuracy p over n rows: sqrt(p (1 - p) / n), NAN where there is
 * no row. */
double accuracy_error(double accuracy, double rows);

struct interval {
    double low, high;
};
/* Returns Wilson's interval (Wilson 1927, equation 5) of an accuracy over n rows: those accuracies
 * from which it lies at most z standard errors away. It has a width where no row or every row is
 * wrong, and stays within 0..1. NAN where there is no row. */
struct interval wilson_interval(double accuracy, double rows, double z);
#define Z_95 1.959963984540054 /* the normal distribution's quantile for 0.975 */
/* Returns the error of an accuracy: its standard error, or where it is extreme half the width of
 * Wilson's interval for z = 1, which is not 0 where all rows are right. NAN without rows. */
double accuracy_spread(double accuracy, double rows);
/* Returns how likely two accuracies over so many rows each are as far apart or farther if both
 * models are equally good: by the normal distribution, with the pooled accuracy's error; where one
 * is extreme by Fisher's exact test, two-sided. Both on the same rows are told apart better by
 * McNemar's test, which needs their predictions. */
double proportions_p(double a, double b, double rows);
/* Returns the mean of the largest of `count` draws from the standard normal distribution: by so
 * many errors leads the best of `count` equally good models their mean, by luck alone. */
double largest_of(int count);
/* Tells whether so few rows are right or wrong that the standard error says too little: fewer than
 * ten, as a rule of thumb for the normal distribution in place of the binomial. */
bool accuracy_is_extreme(double accuracy, double rows);
/* "91.20 % +- 0.28 %"; where that is extreme "100.00 % (92.86 to 100.00 %)", the 95 % interval; "-"
 * for NAN, and without an error where the rows are not known (below 1). `sign` is that for +-. */
enum { ACCURACY_TEXT = 96 };
const char *accuracy_text(double accuracy, double rows, const char *sign, char text[ACCURACY_TEXT]);

/* "accuracy 91.20 % +- 0.28 %, loss 0.2431, 880 of 10000 wrong", and "macro F1 0.9118, balanced
 * accuracy 0.9120, AUC 0.9951"; without loss and AUC where they are not known */
enum { SCORE_TEXT = 200 };
const char *score_text(const struct score *score, char text[SCORE_TEXT]);
const char *contest_text(const struct score *score, char text[SCORE_TEXT]);

/* Returns a new object, as predict's summary has it; what is not known is null. NULL: out of
 * memory. */
json_t *score_json(const struct score *score);
/* Reads such an object. -1: its numbers of rows and of correct ones are not sound. */
MUST_CHECK int score_read(struct score *score, const json_t *json);

#endif
