#ifndef PIPELINE_SUBMISSION_SCORE_H
#define PIPELINE_SUBMISSION_SCORE_H

#include "pipeline/files/inputs.h"
#include "pipeline/predict/metrics.h"

/* Compares labels with those of the CSV file `truth`, id by id in any order: both have two columns
 * and the same ids, `path` no faults. Fills rows and correct of *score; its loss is unknown. Memory
 * is up to about 64 bytes a row. */
MUST_CHECK int submission_score(const char *path, const char *truth, struct inputs *inputs,
                                struct metrics *score, struct err *err);

#endif
