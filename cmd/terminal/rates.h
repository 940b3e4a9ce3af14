#ifndef CMD_RATES_H
#define CMD_RATES_H

#include "pipeline/fit/rate_test.h"
#include "terminal.h"

/* Prints what --lr find found, and the curve. */
MUST_CHECK int print_rates(const struct terminal *terminal, const struct rate_test *test,
                           struct err *err);

#endif
