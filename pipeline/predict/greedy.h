#ifndef PIPELINE_GREEDY_H
#define PIPELINE_GREEDY_H

#include "pipeline/base/err.h"

#include <stdint.h>

/* Weights for the mean of several models, by the probabilities that each gives to the labels of
 * rows which it did not train on. */

/* Greedy selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection
 * from libraries of models", ICML 2004, section 2): of a bag that is empty at first, the model is
 * added again and again with which the log loss of the bag's mean is least; the bag of the least
 * loss counts. Equal losses go to a model that is in the bag already, then to the earlier one, and
 * to the smaller bag. */
enum { GREEDY_STEPS = 50, GREEDY_FOLDS = 5 };

struct greedy {
    int models;
    int64_t rows;
    float **p;           /* [models] -> [rows] probabilities of the rows' labels */
    unsigned char *fold; /* [rows] from 0 to GREEDY_FOLDS - 1 */
};

/* Fills weights[models], which sum to 1, by the rows of all folds but `without`, or with -1 by all.
 * -1: out of memory. */
MUST_CHECK int greedy_select(const struct greedy *greedy, int without, double *weights,
                             struct err *err);
/* Returns the loss of a row, in nats, by the mean with these weights; no probability counts as less
 * than METRICS_FLOOR. */
double greedy_loss(const struct greedy *greedy, const double *weights, int64_t row);

/* Puts a row of that class into the next fold of its class: seen[classes] counts its rows. */
unsigned char greedy_fold(int64_t *seen, int class);

#endif
