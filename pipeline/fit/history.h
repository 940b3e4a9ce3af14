#ifndef PIPELINE_HISTORY_H
#define PIPELINE_HISTORY_H

#include "curve.h"
#include "pipeline/files/inputs.h"

/* What `fit --history` wrote: JSON Lines, each an object whose "event" says what it is. */
struct history {
    json_t *start;  /* the first line: settings, rows */
    json_t *epochs; /* arrays of objects, in the file's order */
    json_t *steps;
    json_t *evals;
    json_t *end; /* NULL: the run is not over */
};

/* EX_NOINPUT; EX_DATAERR where a line is not what fit writes, naming it. Events that are not known
 * here are passed over. */
MUST_CHECK int history_read(struct history *history, const char *path, struct inputs *inputs,
                            struct err *err);
/* Content digest of the model that the run wrote, or "". */
const char *history_model(const struct history *history);
/* The epochs and the events within them, not owned. */
struct training_record history_record(const struct history *history);
void history_free(struct history *history);

/* After a fopen() that failed: EX_NOINPUT, or out of memory. */
int text_file_fault(const char *path, struct err *err);

#endif
