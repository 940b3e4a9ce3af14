#ifndef PIPELINE_TUNE_TRIED_H
#define PIPELINE_TUNE_TRIED_H

#include "pipeline/base/err.h"
#include "pipeline/fit/keep.h"

#include <jansson.h>
#include <stdbool.h>

/* The record of what tunings trained, JSON Lines, so that one that was ended goes on with it. */

/* What a training of options on a fold had come to. */
struct tried {
    int epoch;
    double accuracy, loss, figure; /* of the rows of its fold; the one that was asked for */
    double seconds;                /* that it took from the last record on, for so many epochs */
    int trained;
};

/* Reads the record; [] if there is none, lines that are damaged are skipped. NULL: out of memory.
 */
json_t *tried_read(const char *path);
/* Finds how `name`, a digest of data and options with the fold, was after that epoch; `by` is the
 * figure that is asked for. */
bool tried_find(const json_t *record, const char *name, int epoch, enum keep by,
                struct tried *tried);
/* Adds it to the record and its file, with the options for people to read. */
MUST_CHECK int tried_add(json_t *record, const char *path, const char *name, const char *options,
                         const struct tried *tried, enum keep by, struct err *err);
/* Reads what a model or a checkpoint records of the last epoch up to `epoch`, or of the one that it
 * kept. EX_DATAERR if it has no validation, EX_USAGE if its epochs have no such figure. */
MUST_CHECK int tried_of_training(const char *path, int epoch, enum keep by, struct tried *tried,
                                 struct err *err);

#endif
