#ifndef PIPELINE_AUC_H
#define PIPELINE_AUC_H

#include "pipeline/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* The area under the receiver operating characteristic curve: how often a row of a class has a
 * higher score for it than a row of another class, where equal scores count half (Hanley and
 * McNeil, "The meaning and use of the area under a ROC curve", 1982). It is exact, so that all
 * scores have to be held. A zeroed one holds nothing. */
struct auc {
    int columns;    /* scores of a row: one per class, of two classes that of the second alone */
    int64_t room;   /* rows */
    int64_t rows;   /* added */
    uint64_t *keys; /* [columns][room] score and whether the row is of the class; [room] to sort */
};

enum { AUC_MOST = 1 << 24 }; /* scores: 128 MiB */

/* Tells whether `parts` of so many rows and classes hold at most AUC_MOST scores together. */
bool auc_fits(int64_t rows, int classes, int parts);
MUST_CHECK int auc_init(struct auc *auc, int64_t rows, int classes, struct err *err);
/* Adds a row of class `truth`: scores [classes] from 0. Rows beyond the room are left out. */
void auc_add(struct auc *auc, const double *scores, int truth);
void auc_add_float(struct auc *auc, const float *scores, int truth);
/* Returns the area of two classes; of more the mean of each class's against the rest, over the
 * classes that have rows and are not all (as scikit-learn's roc_auc_score has it for
 * multi_class="ovr"). NAN if there is none, or rows were left out. */
double auc_mean(const struct auc *auc);
void auc_free(struct auc *auc);

#endif
