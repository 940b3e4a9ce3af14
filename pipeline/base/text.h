#ifndef PIPELINE_TEXT_H
#define PIPELINE_TEXT_H

#include "strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Text of files, names and arguments, as terminals and logs are given it: characters that would
 * steer a terminal or hide something are escapes, \x1b or \u202e, and so are stray bytes. */

enum { TEXT_SHOWN = 12 };
/* Takes the first character off text[size], size > 0: writes what shows it and returns its bytes. */
size_t text_character(const char *text, size_t size, char shown[TEXT_SHOWN]);
/* Returns the bytes of the first character with its marks (utf8_cluster) if that is shown as it is: it
 * steers nothing, where joiners after a letter of a script that joins do not. Else 0. */
size_t text_cluster(const char *text, size_t size);
/* Appends what shows all of `text`. */
void text_show(struct strbuf *to, const char *text);

enum { QUOTED_TEXT = 96 };

/* Writes `text` so in single quotes, cut after 40 bytes; stray bytes make escapes of all others that
 * are no ASCII. Returns `quoted`. */
const char *text_quote(char quoted[QUOTED_TEXT], const char *text, size_t size);

/* Tells whether it is UTF-8 without control characters. */
bool text_is_clean(const char *text, size_t size);

#endif
