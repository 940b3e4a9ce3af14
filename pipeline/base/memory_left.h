#ifndef PIPELINE_MEMORY_LEFT_H
#define PIPELINE_MEMORY_LEFT_H

#include <stddef.h>

/* Returns the bytes of memory that this process can still take, by what the machine has free, the
 * limits of its control groups (Linux, versions 1 and 2) and those of ulimit; *limit names the
 * least of them, as "ulimit -v". Where nothing is known: SIZE_MAX and "". */
size_t memory_left(const char **limit);

#endif
