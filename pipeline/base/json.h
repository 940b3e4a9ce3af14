#ifndef PIPELINE_JSON_MEMORY_H
#define PIPELINE_JSON_MEMORY_H

#include "err.h"

#include <jansson.h>

/* When memory runs out, Jansson leaves a value out, takes a sound text for a damaged one or fails
 * an assertion. So it gets a reserve of 256 KiB to go on with, and where it counts one can ask
 * whether that was used up. */

/* Call once, before any use of Jansson. */
void json_memory_watch(void);
/* Out of memory (71) if an allocation of Jansson's failed all the same since the last call. */
MUST_CHECK int json_memory_check(const char *what, struct err *err);

/* As json_dumps(), but free() takes the text; NULL: out of memory. Without a precision in `flags` a real
 * has 17 digits, as in Jansson before 2.15, whose later versions write as few as tell it from others: tensor
 * files and their digests shall not depend on the version. */
char *json_text(const json_t *value, size_t flags);
/* The number `key` of an object, or NAN. */
double json_number(const json_t *object, const char *key);
/* A new number, or null for NAN. */
json_t *json_real_or_null(double value);

#endif
