#ifndef PIPELINE_MEMORY_H
#define PIPELINE_MEMORY_H

#include "err.h"

#include <stddef.h>

/* Allocates `count` rows of `row` bytes, at least 1 byte; NULL with err set: `what` is what for. */
void *rows_alloc(int64_t count, size_t row, const char *what, struct err *err);

#endif
