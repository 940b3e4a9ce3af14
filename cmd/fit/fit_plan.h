#ifndef CMD_FIT_PLAN_H
#define CMD_FIT_PLAN_H

#include "pipeline/fit/training.h"

/* Prints on standard output what the trainer does with a batch and what memory it needs; with
 * --json writes it as JSON too. The training's own batches may be smaller. Returns the exit status.
 */
int fit_print_plan(const struct training *training, int batch);

#endif
