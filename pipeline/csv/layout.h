#ifndef PIPELINE_LAYOUT_H
#define PIPELINE_LAYOUT_H

#include "look.h"

/* Separation of a file's fields, found from its first two lines, and its last column from all rows
 * that were looked at. */

/* Sets the reader's layout: `separator`, or 0 to find it. What may be meant in two ways is
 * EX_DATAERR. To be called before the first row is read. `look`, if not NULL: the rows that the
 * file begins with, for the caller to close. */
MUST_CHECK int csv_layout_find(struct csv_reader *reader, char separator, struct csv_look *look,
                               struct err *err);

/* Returns "tab", "space", or the character. */
const char *csv_separator_name(char separator, char name[2]);
/* Reads such a name, or a character that no number has; 0: it is neither. */
char csv_separator_parse(const char *text);

#endif
