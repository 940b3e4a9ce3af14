#ifndef PIPELINE_CSV_PUT_H
#define PIPELINE_CSV_PUT_H

#include "pipeline/files/output.h"

#include <stdbool.h>

/* Tells whether a field has to stand in quotes. */
bool csv_needs_quotes(const char *text, size_t size);
/* Writes a field, in quotes where it needs them. */
MUST_CHECK int csv_put_field(struct output *out, const char *text, size_t size, struct err *err);

#endif
