#ifndef CMD_INGEST_SAY_ROWS_H
#define CMD_INGEST_SAY_ROWS_H

#include <stdint.h>

/* Says how many rows there are, and, unless classes[count] is NULL, how many of each class. */
void say_rows(int64_t rows, char *const *classes, const int64_t *class_rows, int count,
              double seconds);

#endif
