#ifndef PIPELINE_FAULTS_H
#define PIPELINE_FAULTS_H

#include "pipeline/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Faults of a table: of each kind the first faults, and how many rows more have one. */

enum fault_kind {
    FAULT_STRUCTURE, /* ends the reading, or is one of the whole */
    FAULT_WIDTH,
    FAULT_VALUES, /* of a cell that holds all pixels */
    FAULT_EMPTY,
    FAULT_PIXEL,    /* no number from 0 to 255 */
    FAULT_FRACTION, /* a number, but none of those */
    FAULT_NUMBER,
    FAULT_LABEL,
    FAULT_UNKNOWN_LABEL,
    FAULT_ID,
    FAULT_REPEATED_ID,
    FAULT_PICTURE, /* missing, damaged, or of another size or kind */
    FAULT_KINDS
};

struct fault {
    enum fault_kind kind;
    int64_t line, row; /* from 1; 0: none */
    int column;        /* from 1; 0: none */
    char *name;        /* the column's, or NULL, as the next three */
    char *value;       /* as found, but cut, and control characters as \xNN */
    char *expected;
    const char *option; /* that would accept it */
    char *text;         /* a sentence that says it all */
};

enum { FAULTS_SHOWN = 10 };

struct faults {
    struct fault list[FAULT_KINDS * FAULTS_SHOWN]; /* [count] in the file's order */
    int count;
    int shown[FAULT_KINDS];
    int64_t more[FAULT_KINDS];      /* rows beyond those in the list */
    int64_t last_line[FAULT_KINDS]; /* with such a fault: a row counts once */
};

/* Tells whether a fault of this kind, on this line, is only counted (and now it is), because ten
 * are in the list or because it is not the first of its row. */
bool faults_count(struct faults *faults, enum fault_kind kind, int64_t line);
/* Adds a copy of the fault, if faults_count() says no. -1: out of memory. */
MUST_CHECK int faults_add(struct faults *faults, const struct fault *fault, struct err *err);
/* Adds what *why says, which ends all; `name` is the column's, or NULL. */
MUST_CHECK int faults_add_error(struct faults *faults, const struct err *why, const char *name,
                                struct err *err);
/* Returns "with an empty cell": of the rows that are only counted. */
const char *fault_which(enum fault_kind kind);

/* Returns {"faults": [{"kind", "file", "line", "row", "column", "name", "value", "expected",
 * "option", "text"}, ...], "more": {KIND: ROWS, ...}}; null for what there is not. */
json_t *faults_json(const struct faults *faults, const char *file);
void faults_free(struct faults *faults);

#endif
