#ifndef PIPELINE_CURVE_H
#define PIPELINE_CURVE_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Learning curves, read from what fit recorded of a training: the epochs that models, checkpoints
 * and histories hold, and the events within epochs that histories alone have. */

struct training_record {
    const json_t *epochs;        /* an event at the end of each epoch */
    const json_t *steps, *evals; /* events within epochs: of the training, of the scores; or NULL */
    int64_t epoch_steps;         /* batches in an epoch; 0: not known */
};

/* A figure by its place in the training; y is NAN where the event does not have it. */
struct curve {
    double *x, *y; /* [count] */
    int count;
};

/* Events of a curve, and what x counts. */
enum curve_by {
    CURVE_EPOCHS,  /* epochs' ends, in epochs */
    CURVE_BATCHES, /* events within epochs, in batches; needs epoch_steps */
    CURVE_ALL      /* both, in epochs and in order; in an epoch with steps of its own these replace
                      the mean that the training has at its end */
};

/* Reads the figure `key` ("loss", "accuracy", "lr") of the score `score`, or of the training itself
 * if that is NULL; curve_free(). -1: out of memory. */
MUST_CHECK int curve_read(struct curve *curve, const struct training_record *record,
                          enum curve_by by, const char *score, const char *key);
bool curve_has_points(const struct curve *curve);
/* Thins the curve out to about `most` points, evenly from its end. Point `marked` stays besides;
 * returns its new number, -1 if there is none. */
int curve_thin(struct curve *curve, int most, int marked);
void curve_free(struct curve *curve);

/* Returns the epoch, from 0, that was best on validation by the figure that the settings of the
 * training name (keep.h), the first of equals: the one that --keep best keeps. -1: none was
 * validated. */
int curve_best_epoch(const json_t *epochs, const json_t *settings);

#endif
