#ifndef CMD_FIT_RATE_H
#define CMD_FIT_RATE_H

#include "fit_options.h"
#include "pipeline/fit/rate_test.h"

/* Finds the rate where --lr find asks for it, and says it; with --plan prints the curve. Leaves the
 * test in *test, its count 0 where none was made. Returns the exit status. */
int fit_find_rate(struct fit_options *options, struct rate_test *test);

#endif
