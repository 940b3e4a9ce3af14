#ifndef PIPELINE_MAKEFILE_H
#define PIPELINE_MAKEFILE_H

#include "found.h"

#include <stdint.h>

/* Writes the file Makefile for what was found. `budget`: NULL: none, models instead; `folds`: 0:
 * none. */
MUST_CHECK int makefile_write(const struct found *found, const char *budget, int64_t folds,
                              struct err *err);

#endif
