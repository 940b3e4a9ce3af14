#ifndef PIPELINE_MODEL_LINE_H
#define PIPELINE_MODEL_LINE_H

#include "metrics.h"

/* Models, their seeds and folds as lines of a table: one fit, or several of one model as one. */

/* The sum over the fits of one line; begins zeroed. */
struct model_sum {
    int fits;
    double rows, correct; /* over all fits: a row counts once for each that scored it */
    double loss, macro_f1, balanced_accuracy, auc; /* sums over these rows of their fit's */
    bool at_least;                                 /* the loss, of one of them */
    double epochs, seconds;
};

/* A line. NAN, and -1 for rows: not known. */
struct model_line {
    double accuracy, loss, macro_f1, balanced_accuracy, auc; /* means over the rows, by fit */
    bool at_least;                                           /* the loss, of one of them */
    int64_t wrong, rows;
    double epochs;  /* mean over the fits */
    double seconds; /* of all fits */
};

/* Adds a fit; score NULL: no rows scored it. */
void model_sum_add(struct model_sum *sum, const struct score *score, double epochs, double seconds);
/* Returns the line of the fits added, whose scores are on a data set of `rows` rows. Folds score
 * each its own rows; seeds score the same rows again, and these count once, so that the error is
 * not made smaller than the data allow. */
struct model_line model_sum_line(const struct model_sum *sum, int64_t rows);

#endif
