#ifndef PIPELINE_AS_TRAINED_H
#define PIPELINE_AS_TRAINED_H

#include "ensemble.h"

/* What another precision than that of the training costs: the ensemble's rows are predicted as
 * trained too, and counted. Another predictor is held of each model that computes otherwise, with
 * its buffers; the weights are shared. */
struct as_trained {
    const struct ensemble *ensemble;  /* not owned; NULL: all compute as they were trained */
    struct nn_predictor **predictors; /* [count] an entry is NULL where there is no difference */
    float **each;                     /* [count] -> [rows_count][classes], there the ensemble's */
    float *mean;                      /* [room][classes] */
    int64_t rows;                     /* so far */
    int64_t changed;                  /* that get another class */
    int64_t right, right_as_trained;
};

/* Begins for labelled data, after ensemble_begin(). */
MUST_CHECK int as_trained_init(struct as_trained *trained, const struct ensemble *ensemble,
                               struct nn_pool *pool, struct err *err);
/* Predicts and counts the chunk that ensemble_predict() was called for last; `each` and `mean` of
 * the ensemble stay. */
MUST_CHECK int as_trained_predict(struct as_trained *trained, const struct dataset_chunk *chunk,
                                  struct err *err);
/* Frees what it holds, before the ensemble is closed. */
void as_trained_free(struct as_trained *trained);

#endif
