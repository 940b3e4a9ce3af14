#ifndef PIPELINE_SUBMISSION_SCORE_H
#define PIPELINE_SUBMISSION_SCORE_H

#include "pipeline/files/inputs.h"
#include "pipeline/predict/score.h"

/* Compares a submission with the CSV file `truth` of ids and labels, id by id in any order; `path`
 * has no faults, and both have the same ids. With two columns it has labels, compared as
 * label_key() does; with more, probabilities for the classes that the columns are named after; and
 * where the truth has labels 0 and 1 alone, a column of numbers from 0 to 1 has probabilities of 1,
 * and where it has two words, of that which the column is named after, or else of `second`, which
 * may be NULL.
 * These are scored as Kaggle does: divided by their row's sum and cut to 1e-15 ... 1 - 1e-15 for
 * the loss; for the AUC as they are. Without them loss and AUC are unknown. Memory is up to about
 * 64 bytes a row, and for the AUC 8 a probability. */
MUST_CHECK int submission_score(const char *path, const char *truth, const char *second,
                                struct inputs *inputs, struct score *score, struct err *err);

#endif
