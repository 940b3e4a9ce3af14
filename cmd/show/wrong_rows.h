#ifndef CMD_WRONG_ROWS_H
#define CMD_WRONG_ROWS_H

#include "pipeline/dataset/predictions.h"
#include "pipeline/files/output.h"

/* All wrong rows of labelled predictions as CSV: row, id (if there are any), truth, predicted, and
 * the probabilities of both. */

MUST_CHECK int wrong_rows_open(struct output **out, const char *path,
                               const struct predictions *predictions, struct err *err);
/* Writes those of a chunk. */
MUST_CHECK int wrong_rows_add(struct output *out, const struct predictions *predictions,
                              const struct predictions_chunk *chunk, struct err *err);

#endif
