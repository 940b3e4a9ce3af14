#ifndef PIPELINE_HEADER_H
#define PIPELINE_HEADER_H

#include "reader.h"

/* The first row of a CSV: names or data. */

enum header_choice { HEADER_AUTO, HEADER_YES, HEADER_NO };

/* Decides. HEADER_AUTO: only numbers are data; no number, or besides words only numbers that count
 * up from 0 or 1, is a header; what could be either is refused, and so is, also by HEADER_NO, a
 * picture that a program made a header. */
MUST_CHECK int header_decide(bool *header, const struct csv_reader *reader,
                             const struct csv_row *first, enum header_choice choice,
                             struct err *err);

/* Tells whether a header holds names, not only numbers that do not count up: a picture in its
 * place. */
bool header_has_names(const struct csv_row *row);

/* Returns the names in the row: a new array of row->count strings, for header_free(); or NULL. */
char **header_names(const struct csv_reader *reader, const struct csv_row *row, struct err *err);
void header_free(char **names, int count);

/* Writes column `column`, from 0, as options that name columns take it: its number from 1, with a @
 * before it if one of names[count], or NULL, is a number that could be meant. Returns `text`. */
enum { COLUMN_TEXT = 16 };
const char *header_column(char *const *names, int count, int column, char text[COLUMN_TEXT]);

/* Fails with EX_DATAERR if two names are equal; ignore[i]: leave name i out. */
MUST_CHECK int header_distinct(const struct csv_reader *reader, char *const *names,
                               const bool *ignore, int count, struct err *err);

/* The number of `name` in sorted[0..count), which header_sort() made, or -1. */
struct header_entry {
    const char *name;
    int column;
};
struct header_entry *header_sort(char *const *names, int count); /* NULL: out of memory */
int header_find(const struct header_entry *sorted, int count, const char *name);

#endif
