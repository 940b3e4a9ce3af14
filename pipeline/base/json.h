#ifndef PIPELINE_JSON_MEMORY_H
#define PIPELINE_JSON_MEMORY_H

#include "err.h"

#include <jansson.h>
#include <stdio.h>

/* Jansson without memory leaves a value out, takes a sound text for a damaged one or fails an
 * assertion. So it gets a reserve of 256 KiB to go on with, and json_memory_check() tells whether
 * that was used up. */

/* Watches Jansson's allocations; call once, before any use of it. */
void json_memory_watch(void);
/* Fails with out of memory (71) if an allocation of Jansson's failed all the same since the last
 * call. */
MUST_CHECK int json_memory_check(const char *what, struct err *err);

/* Reads text[size] as json_loadb() does, duplicate keys refused, within 64 MiB of memory: small texts
 * can stand for large values, "{}" for two hundred bytes. NULL: `fault`, which may be NULL, says
 * why not. */
json_t *json_read(const char *text, size_t size, json_error_t *fault);
/* Does the same for the rest of a file. */
json_t *json_read_file(FILE *file, json_error_t *fault);

/* Prints as json_dumps() does, but free() takes the text; NULL: out of memory. Without a precision
 * in `flags` a real has 17 digits, as in Jansson before 2.15, whose later versions write as few as
 * tell it from others: tensor files and their digests shall not depend on the version. */
char *json_text(const json_t *value, size_t flags);
/* Returns the number `key` of an object, or NAN. */
double json_number(const json_t *object, const char *key);
/* Returns a new number, or null for NAN. */
json_t *json_real_or_null(double value);

#endif
