#ifndef PIPELINE_NAMES_H
#define PIPELINE_NAMES_H

#include "pipeline/csv/first_row.h"

/* Display names of classes, from a CSV with rows CLASS,NAME, or with other columns between; or from
 * one of EMNIST's mappings, CLASS and codes of characters with blanks between. */
struct names {
    char **classes, **names; /* [count] */
    int count, room;
    struct header_entry *sorted; /* by class */
};

MUST_CHECK int names_read(struct names *names, const char *path, struct inputs *inputs,
                          struct err *err);
/* Returns the name of a class, NULL if the file has none. */
const char *names_of(const struct names *names, const char *class);
/* Returns the place of a class among the file's rows, from 0; -1: it has none. */
int names_place(const struct names *names, const char *class);
void names_free(struct names *names);

#endif
