#ifndef PIPELINE_RUNS_H
#define PIPELINE_RUNS_H

#include "pipeline/files/inputs.h"

#include <jansson.h>

/* runs.jsonl, in which make keeps a line of JSON for every finished fit: an array of these objects,
 * in the file's order, which the caller releases. EX_NOINPUT; EX_DATAERR where a line is not one.
 */
MUST_CHECK int runs_read(json_t **runs, const char *path, struct inputs *inputs, struct err *err);

#endif
