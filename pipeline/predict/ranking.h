#ifndef PIPELINE_RANKING_H
#define PIPELINE_RANKING_H

#include <stdint.h>

/* The few rows with the largest keys, whatever the number of rows. */

enum { RANKING_FEW = 20, RANKING_MOST = 500 };

struct ranked {
    double key;
    int64_t row;                 /* its number in the source */
    int predicted, truth;        /* classes; truth -1: no label */
    double confidence, of_truth; /* probabilities of these two */
};
struct ranking {
    int most; /* to keep: up to RANKING_MOST; 0: RANKING_FEW */
    int count;
    struct ranked list[RANKING_MOST]; /* the largest key first, equals in the rows' order */
};

void ranking_add(struct ranking *ranking, struct ranked row);

/* Ranks row number `row` as probabilities [classes] tell it; truth -1: no label. */
struct ranked ranked_row(int64_t row, const float *probabilities, int classes, int truth);
/* Adds it among the surest mistakes, if it is one. */
void ranking_add_mistake(struct ranking *ranking, struct ranked row);
/* Adds it among the rows predicted least surely. */
void ranking_add_unsure(struct ranking *ranking, struct ranked row);

#endif
