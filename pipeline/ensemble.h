#ifndef PIPELINE_ENSEMBLE_H
#define PIPELINE_ENSEMBLE_H

#include "model.h"

/* Several models as one: the mean of their probabilities. */
struct ensemble {
    char *const *paths;   /* not owned */
    struct model *models; /* [count] */
    struct nn_predictor **predictors;
    int count, classes;
    int64_t room; /* rows that fit into a chunk */
    float **each; /* [count] -> [room][classes], of the last chunk */
    float *mean;  /* [room][classes] */
};

/* Loads the models for `data`. All have to fit its shape, classes and columns and each other, and
 * no model may be there twice, by whatever name (EX_USAGE): it would count double. The rows of a
 * chunk are chosen so that its images take a few MiB. */
__attribute__((warn_unused_result)) int ensemble_open(struct ensemble *ensemble, char *const *paths,
                                                      int count, const char *data_path,
                                                      const struct dataset_info *data,
                                                      struct nn_pool *pool, struct inputs *inputs,
                                                      struct err *err);
/* Probabilities of up to `room` rows, into `each` and `mean`. The mean is summed in double in the
 * models' order; that of one model is its own. EX_DATAERR if a probability is not finite. */
__attribute__((warn_unused_result)) int ensemble_predict(struct ensemble *ensemble,
                                                         const struct dataset_chunk *chunk,
                                                         enum dtype pixel, struct err *err);
void ensemble_close(struct ensemble *ensemble);

#endif
