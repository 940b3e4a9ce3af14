#ifndef PIPELINE_CORRECTIONS_H
#define PIPELINE_CORRECTIONS_H

#include "pipeline/files/inputs.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows that somebody wants labelled otherwise, or left out: a CSV with a header, as csvnet audit
 * writes it, of which the columns `row`, `id`, `suggested`, `given` and `set` are read. Lines of
 * the set `test` are of other data, and are passed over. */

struct correction {
    int64_t row, line; /* both from 1 */
    char *label;       /* `suggested`; NULL: the row is left out */
    char *given;       /* the label that the row has so far, or NULL: whatever it is */
    char *id;          /* the row's, or NULL: whatever it is */
};

struct corrections {
    const char *path;
    struct correction *list; /* [count] by row, each once */
    int64_t count, room;
    int64_t passed_over; /* lines that suggest nothing, or are of other data */
    int64_t at;          /* the first that corrections_next() has not come to */
};

/* Reads the file: what to relabel, of the lines that suggest a label, or else what to leave out.
 * EX_DATAERR: no column `row` or `suggested`, no number there, two labels for one row. */
MUST_CHECK int corrections_read(struct corrections *corrections, const char *path, bool relabel,
                                struct inputs *inputs, struct err *err);
/* Returns the correction of row `row` as corrections_next() will. */
const struct correction *corrections_peek(const struct corrections *corrections, int64_t row);
/* Returns the correction of row `row`, NULL: there is none. Rows are asked for upwards. */
const struct correction *corrections_next(struct corrections *corrections, int64_t row);
void corrections_free(struct corrections *corrections);

#endif
