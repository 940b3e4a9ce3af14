#ifndef CMD_FIT_PLAN_H
#define CMD_FIT_PLAN_H

#include "pipeline/fit/training.h"

/* Prints on standard output what the trainer does with a batch; with --json writes it as JSON too.
 * Returns the exit status. */
int fit_print_plan(const struct training *training);

#endif
