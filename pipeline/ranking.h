#ifndef PIPELINE_RANKING_H
#define PIPELINE_RANKING_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

/* The most telling of many predicted rows, found in one pass. */

enum rank_by {
    RANK_MISTAKES, /* wrong rows, the most probable of their classes first */
    RANK_UNSURE    /* rows whose predicted class is the least probable, that first */
};

struct ranked {
    int64_t row;          /* number in the source */
    int truth, predicted; /* classes; truth -1: no labels */
    float probability;    /* of the predicted class */
};
struct ranking {
    enum rank_by by;
    int most, count;
    struct ranked *list; /* [count] the first in rank first; equals in the rows' order */
};

__attribute__((warn_unused_result)) int ranking_init(struct ranking *ranking, enum rank_by by,
                                                     int most, struct err *err);
/* Adds `count` rows. probabilities: [count][classes]; labels: [count][classes] U8 one-hot, or F32
 * shares if `soft`, or NULL, of which nothing is a mistake. The class of a row is that of its
 * largest share. */
void ranking_add(struct ranking *ranking, const int64_t *rows, const float *probabilities,
                 const void *labels, bool soft, int classes, int64_t count);
void ranking_free(struct ranking *ranking);

#endif
