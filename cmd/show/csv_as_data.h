#ifndef CMD_CSV_AS_DATA_H
#define CMD_CSV_AS_DATA_H

#include "pipeline/base/err.h"

#include <stdbool.h>

/* Tells whether a file begins as a CSV does, perhaps packed: with text that is no JSON. */
bool is_csv(const char *path);
/* Has ingest read a CSV and say what it takes it for; the data set becomes standard input. Returns
 * ingest's exit status, 0 if it is there, or -1. */
MUST_CHECK int csv_as_data(const char *path, struct err *err);

#endif
