#ifndef PIPELINE_PASTE_H
#define PIPELINE_PASTE_H

#include "pipeline/csv/first_row.h"

/* Two CSVs side by side, as paste(1) puts them: each row of the second one, the labels, before the
 * row of the first. Both have as many rows. */
struct paste;

/* Reads the begin of both: `images` is open, `labels` is opened by its path. *header: whether what
 * is read begins with one; *columns: how many the labels have. What is not clear is EX_DATAERR.
 * After an error, too, *paste has to be closed. */
MUST_CHECK int paste_open(struct paste **paste, struct source *images, const char *labels,
                          struct inputs *inputs, char separator, enum header_choice choice,
                          bool *header, int *columns, struct err *err);
/* The bytes of both, as csv_read_function. */
int64_t paste_read(void *paste, void *buffer, size_t size, struct err *err);
void paste_close(struct paste *paste); /* NULL is fine */

#endif
