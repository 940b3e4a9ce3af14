#ifndef PIPELINE_CONFIDENT_H
#define PIPELINE_CONFIDENT_H

#include "pipeline/base/err.h"

#include <stdint.h>

/* Confident learning (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in
 * dataset labels", 2021): labels that are likely wrong, from probabilities by models that did not
 * train on the rows. A class is taken as the true one of a row if its probability is at least what
 * the rows labelled so get for it on average, its threshold; of several such classes the likeliest.
 * So many of a label's rows as are taken for another class, scaled to all that have the label, are
 * suspected: those whose probabilities favour that class most ("prune by noise rate").
 *
 * Rows are passed three times: for the thresholds, for the counts, and to be chosen. */
struct confident {
    int classes;
    int64_t *rows;       /* [classes] labelled so */
    double *thresholds;  /* [classes] sums until confident_settle(); INFINITY: no row is */
    int64_t *joint;      /* [label][true class] rows counted, of which both are known */
    struct chosen *pair; /* [label][true class] */
};

/* Rows of one label that are suspected to be of one class: a heap whose first has the smallest
 * margin. */
struct chosen {
    struct suspect {
        double margin; /* probability of the class less that of the label, above 0 */
        int64_t row;
    } *list; /* [count] */
    int64_t count, room;
};

MUST_CHECK int confident_init(struct confident *c, int classes, struct err *err);
/* Adds a row of the first pass: probabilities p[classes]. */
void confident_add(struct confident *c, const float *p, int label);
/* Ends the first pass. */
void confident_settle(struct confident *c);
/* Counts a row in the second pass. Returns the class that it is taken for, -1: none is sure enough.
 */
int confident_count(struct confident *c, const float *p, int label);
/* Ends the second pass. */
MUST_CHECK int confident_estimate(struct confident *c, struct err *err);
/* Offers a row in the third pass. Rows come upwards: of equal margins the first is kept. */
void confident_offer(struct confident *c, const float *p, int label, int64_t row);
/* Estimates the share of labels that are wrong: the joint's rows scaled to what each label has. */
double confident_noise(const struct confident *c);
void confident_free(struct confident *c);

#endif
