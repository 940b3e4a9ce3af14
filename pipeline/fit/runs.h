#ifndef PIPELINE_RUNS_H
#define PIPELINE_RUNS_H

#include "pipeline/files/inputs.h"

#include <jansson.h>

/* Reads runs.jsonl, in which make keeps a line of JSON for every finished fit: an array of these
 * objects, in the file's order, which the caller releases. EX_NOINPUT; EX_DATAERR where a line is
 * not one. */
MUST_CHECK int runs_read(json_t **runs, const char *path, struct inputs *inputs, struct err *err);

/* Adds a line for the fit `fit` of the model `model` by its history, unless the file has it
 * already; with "keep_best" its figures are those of the epoch kept. The line is one write, so that
 * fits side by side do not mix theirs. */
MUST_CHECK int runs_add(const char *path, const char *history, const char *model, const char *fit,
                        const char *options, struct err *err);

#endif
