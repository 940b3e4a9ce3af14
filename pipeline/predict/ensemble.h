#ifndef PIPELINE_ENSEMBLE_H
#define PIPELINE_ENSEMBLE_H

#include "out_of_fold.h"

/* What the models multiply: each what it was trained with, or all the same. Their words by their
 * numbers, NULL at the end. */
enum ensemble_precision { AS_TRAINED, ALL_F32, ALL_BF16 };
extern const char *const ensemble_precisions[];

/* Several models as one: the mean of their probabilities, or the geometric mean, made to sum to 1
 * again. */
struct ensemble {
    char *const *paths;              /* not owned */
    const char *data_path;           /* not owned */
    const struct dataset_info *data; /* not owned */
    struct model *models;            /* [count] */
    struct nn_predictor **predictors;
    struct nn_device *device; /* not owned; NULL: this processor */
    enum ensemble_precision precision;
    int count, classes;
    int64_t room;    /* rows that fit into a chunk */
    double *weights; /* [count] 1 unless changed; the mean's, relative to each other */

    bool geometric; /* before ensemble_predict() */
    bool by_fold;   /* each row by those models alone that did not train on it */
    struct out_of_fold folds;

    /* The last chunk */
    void **views;        /* [count] -> [room] its images as the model sees them; an entry is NULL
                            where that is as they are, or as an earlier model does */
    int64_t **rows;      /* [count] -> [room] the places in the chunk of a model's rows; an entry is
                            NULL where the models predict all rows */
    int64_t *rows_count; /* [count] */
    float **each;        /* [count] -> [rows_count][classes] */
    double *sum;         /* [room][classes] weighted, in the models' order */
    double *sum_weight;  /* [room] */
    double *log_sum;     /* [room] geometric: logarithm of what the means sum to by themselves */
    float *mean;         /* [room][classes] */
    double **losses;     /* [count] -> [rows_count] from logits; NULL: not measured */
    double *mean_losses; /* [room] of the mean; NULL: not measured, or of soft labels' shares, of
                            which the models' losses do not tell it */
};

/* Loads the models; to be closed after a failure too. */
MUST_CHECK int ensemble_load(struct ensemble *ensemble, char *const *paths, int count,
                             struct inputs *inputs, struct err *err);
/* Has the loaded models multiply so. Before ensemble_begin(). */
void ensemble_set_precision(struct ensemble *ensemble, enum ensemble_precision precision);
/* Makes the loaded models ready for `data`. All have to fit its shape, classes and columns and each
 * other, and no model may be there twice, by whatever name (EX_USAGE): it would count double. The
 * rows of a chunk are chosen so that its images take a few MiB. */
MUST_CHECK int ensemble_begin(struct ensemble *ensemble, const char *data_path,
                              const struct dataset_info *data, struct nn_pool *pool,
                              struct err *err);
/* Does both; it is closed after a failure. */
MUST_CHECK int ensemble_open(struct ensemble *ensemble, char *const *paths, int count,
                             const char *data_path, const struct dataset_info *data,
                             struct nn_pool *pool, struct inputs *inputs, struct err *err);
/* Has a device, NULL: this processor, compute from now on: the same bytes. EX_OSERR if its memory is
 * too small. */
MUST_CHECK int ensemble_move(struct ensemble *ensemble, struct nn_device *device, struct err *err);
/* Fails with the fault of its device, if that has one. */
MUST_CHECK int ensemble_check_device(const struct ensemble *ensemble, struct err *err);
/* Has each row predicted, from now on, by the models that were validated on its fold. `digest` is
 * that of the data, all of whose rows have to follow in their order. See out_of_fold_init(). */
MUST_CHECK int ensemble_by_fold(struct ensemble *ensemble, const char *digest, struct err *err);
/* Has the losses measured too, of labelled data. */
MUST_CHECK int ensemble_measure_losses(struct ensemble *ensemble, struct err *err);
/* Computes probabilities of up to `room` rows, into `each` and `mean`. The mean is summed in double
 * in the models' order; that of one model is its own. EX_DATAERR if a probability is not finite, or
 * if a row was trained on by all models that have a weight. */
MUST_CHECK int ensemble_predict(struct ensemble *ensemble, const struct dataset_chunk *chunk,
                                struct err *err);
/* Returns what is summed up of a probability: itself, or of the geometric mean its logarithm. */
double ensemble_term(const struct ensemble *ensemble, float probability);
/* Recomputes `mean` from `each`. */
void ensemble_take_mean(struct ensemble *ensemble, int64_t count);
/* Fills out[n][classes] with the probabilities by model m of images[n], or of images[index[i]].
 * Prediction i is of the chunk's row at places[i], or i if that is NULL, which an error names. */
MUST_CHECK int ensemble_predict_with(struct ensemble *ensemble, int m, const void *images,
                                     int64_t n, const int64_t *index,
                                     const struct dataset_chunk *chunk, const int64_t *places,
                                     float *out, struct err *err);
/* Returns the chunk's images, the last that was predicted, as model m sees them. */
const void *ensemble_images(const struct ensemble *ensemble, int m,
                            const struct dataset_chunk *chunk);
/* Returns the place in the last chunk of a model's row. */
int64_t ensemble_place(const struct ensemble *ensemble, int m, int64_t row);
void ensemble_close(struct ensemble *ensemble);

#endif
