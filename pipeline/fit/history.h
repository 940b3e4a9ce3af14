#ifndef PIPELINE_HISTORY_H
#define PIPELINE_HISTORY_H

#include "curve.h"
#include "pipeline/files/inputs.h"

/* History as `fit --history` writes it: JSON Lines, each an object whose "event" says what it is.
 */
struct history {
    json_t *start;  /* the first line: settings, rows */
    json_t *epochs; /* arrays of objects, in the file's order */
    json_t *steps;
    json_t *evals;
    json_t *rates; /* how --lr find went; NULL: it did not */
    json_t *end;   /* NULL: the run is not over */
};

/* Reads a history. EX_NOINPUT; EX_DATAERR where a line is not what fit writes, naming it. Events
 * that are not known here are skipped. */
MUST_CHECK int history_read(struct history *history, const char *path, struct inputs *inputs,
                            struct err *err);
/* Returns the content digest of the model that the run wrote, or "". */
const char *history_model(const struct history *history);
/* Returns the epochs and the events within them, not owned. */
struct training_record history_record(const struct history *history);
void history_free(struct history *history);

/* Returns the fault after a fopen() that failed: EX_NOINPUT, or out of memory. */
int text_file_fault(const char *path, struct err *err);

#endif
