#ifndef PIPELINE_DEPEND_H
#define PIPELINE_DEPEND_H

#include "pipeline/base/err.h"

/* The rule for make that says what a process read and wrote, as compilers write it by -MMD -MF:
 * "OUTPUT...: FILE...". */

/* Writes the rule for what was noted (noted.h) to the file `path`, which is its own target where no
 * output is a regular file. EX_USAGE: a name has a newline, which make cannot take. */
MUST_CHECK int depend_write(const char *path, struct err *err);

/* Reads such a rule, by whichever program: calls add(data, FILE) for each file that was read.
 * EX_NOINPUT, EX_DATAERR: not a rule. */
MUST_CHECK int depend_read(const char *path, void (*add)(void *data, const char *file), void *data,
                           struct err *err);

#endif
