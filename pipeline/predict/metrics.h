#ifndef PIPELINE_METRICS_H
#define PIPELINE_METRICS_H

#include "auc.h"
#include "score.h"

#include <stdbool.h>
#include <stdint.h>

/* Scores of predicted probabilities against labels, gathered chunk by chunk. What is held is the
 * confusion matrix, whatever the number of rows, and for the AUC all probabilities. Values that the
 * rows do not define (the precision of a class that was never predicted) are NAN; show them as
 * absent. */

/* No probability counts as less: a row predicted with full confidence in a wrong class costs 87.3
 * nats, not infinity. It is the smallest normal float, so that only what F32 cannot hold is cut. */
#define METRICS_FLOOR 0x1p-126

struct metrics {
    int classes;
    int64_t rows, correct;
    double loss_sum;    /* nats, in the rows' order */
    int64_t tied;       /* rows with several most probable classes, of which the first counts */
    int64_t floored;    /* rows whose loss is that of METRICS_FLOOR, and so may be larger */
    int64_t *confusion; /* [truth][predicted] rows */
    struct auc auc;     /* zeroed: not measured */
};

/* Begins with no row; `classes` from 1. Frees nothing that *metrics held. */
MUST_CHECK int metrics_init(struct metrics *metrics, int classes, struct err *err);
/* Has it measure the AUC too, of up to `rows` rows, as one of `parts` metrics that share AUC_MOST;
 * where that is not enough, the AUC stays unknown. */
MUST_CHECK int metrics_measure_auc(struct metrics *metrics, int64_t rows, int parts,
                                   struct err *err);
void metrics_free(struct metrics *metrics);

/* Adds `count` rows. probabilities: [count][classes]; labels: [][classes] U8 one-hot, or F32 shares
 * if `soft`, of which row i has number index[i], or i if index is NULL. A row's class is that of
 * its largest share, its loss the cross-entropy with its shares. */
void metrics_add(struct metrics *metrics, const float *probabilities, const void *labels, bool soft,
                 const int64_t *index, int64_t count);

/* Does the same with losses[count] known besides, as from logits; NULL: they are those of the
 * probabilities, and at least those of METRICS_FLOOR. */
void metrics_add_scored(struct metrics *metrics, const float *probabilities, const double *losses,
                        const void *labels, bool soft, const int64_t *index, int64_t count);

/* Adds one row: its classes and its loss, NAN if that is not known; or all its shares [classes]. */
void metrics_count(struct metrics *metrics, int truth, int predicted, double loss);
void metrics_add_shares(struct metrics *metrics, const double *shares, int truth, double loss);

/* Returns the class with the largest of `classes` shares, the first among equals. */
int metrics_largest(const float *shares, int classes);

double metrics_accuracy(const struct metrics *metrics);
double metrics_standard_error(const struct metrics *metrics); /* of the accuracy */
double metrics_loss(const struct metrics *metrics);           /* mean cross-entropy in nats */
struct score metrics_score(const struct metrics *metrics);
/* Adds the rows of a confusion matrix as summaries have it, [truth][predicted], without their
 * losses. false: it is none of these classes, or has no counts. */
bool metrics_add_confusion(struct metrics *metrics, const json_t *confusion);

/* Count, for one class, rows that have it, rows predicted to have it, and
 *     precision = right / predicted, recall = right / support, F1 = 2 right / (predicted +
 * support). So F1 is 0 for a class that the data has and nobody predicts, and undefined for one
 * that is neither there nor predicted. */
int64_t metrics_support(const struct metrics *metrics, int class);
int64_t metrics_predicted(const struct metrics *metrics, int class);
double metrics_precision(const struct metrics *metrics, int class);
double metrics_recall(const struct metrics *metrics, int class);
double metrics_f1(const struct metrics *metrics, int class);

struct confusion {
    int truth, predicted;
    int64_t rows;
};
/* Lists up to `most` pairs of different classes that are confused most often, the largest first,
 * equals in the matrix's order; returns how many. */
int metrics_confusions(const struct metrics *metrics, struct confusion *list, int most);

#endif
