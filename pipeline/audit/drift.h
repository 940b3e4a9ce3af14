#ifndef PIPELINE_DRIFT_H
#define PIPELINE_DRIFT_H

#include "alike.h"
#include "nn/nn.h"

/* Whether two sets of pictures are of one kind: a small network is told to tell them apart, each
 * half of the rows by one that was trained on the other half. Where it cannot, its area under the
 * ROC curve is 0.5. */
struct drift {
    float *first;      /* [n] probability that the picture is of the first set */
    double auc, error; /* standard error, after Hanley and McNeil (1982) */
    int64_t trained;   /* rows that each of the two networks was trained on, at most */
};

/* The pictures [0, split) are of the first set, the others of the second. EX_DATAERR: one of them
 * has fewer than DRIFT_LEAST. `progress` is told the share that is done, 0 to 1. */
enum { DRIFT_LEAST = 20 };
MUST_CHECK int drift_measure(struct drift *drift, const struct pictures *pictures, int64_t split,
                             double divisor, struct nn_pool *pool,
                             void (*progress)(double share), struct err *err);
/* Tells whether the sets are told apart beyond chance, and far enough to matter. */
bool drift_is_seen(const struct drift *drift);
void drift_free(struct drift *drift);

#endif
