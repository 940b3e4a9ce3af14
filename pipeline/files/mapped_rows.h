#ifndef PIPELINE_MAPPED_ROWS_H
#define PIPELINE_MAPPED_ROWS_H

#include "pipeline/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Rows in a temporary file without a name that is mapped into memory: as many as the disk has room
 * for. The system keeps in memory what of it there is room for, and the file goes away with the
 * process, however that ends. */
struct mapped_rows {
    unsigned char *rows; /* [count][row] to write and to read; NULL: not open */
    size_t row, bytes;
};

/* Makes the file in `folder`, with its room on the disk. EX_CANTCREAT: the folder is missing, not
 * writable or full. */
MUST_CHECK int mapped_rows_open(struct mapped_rows *mapped, const char *folder, int64_t count,
                                size_t row, struct err *err);
/* Has the system read row `number` of the struct mapped_rows `data` meanwhile; from the first time
 * on, all rows are taken to be fetched before they are read. */
void mapped_rows_fetch(const void *data, int64_t number);
void mapped_rows_close(struct mapped_rows *mapped);

#endif
