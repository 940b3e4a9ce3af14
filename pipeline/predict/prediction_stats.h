#ifndef PIPELINE_PREDICTION_STATS_H
#define PIPELINE_PREDICTION_STATS_H

#include "calibration.h"
#include "metrics.h"
#include "ranking.h"

/* Figures of predictions, gathered chunk by chunk in one pass over the rows. */
struct prediction_stats {
    int classes;
    bool labelled, soft; /* whether rows have labels; as shares, not one-hot */
    int64_t *predicted;  /* [classes] rows */
    double confidence;   /* sum of the predicted classes' probabilities */
    struct ranking mistakes, unsure;
    struct metrics scores; /* if labelled */
    struct calibration calibration;
};

/* Prepares for up to `rows` rows; `classes` from 1. Frees nothing that *stats held. */
MUST_CHECK int prediction_stats_init(struct prediction_stats *stats, int64_t rows, int classes,
                                     bool labelled, bool soft, struct err *err);
/* Adds `count` rows. rows: [count] numbers in the source; probabilities: [count][classes]; labels:
 * [count][classes] U8 one-hot or F32 shares, not read unless labelled. */
void prediction_stats_add(struct prediction_stats *stats, const int64_t *rows,
                          const float *probabilities, const void *labels, int64_t count);
void prediction_stats_free(struct prediction_stats *stats);

#endif
