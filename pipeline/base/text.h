#ifndef PIPELINE_TEXT_H
#define PIPELINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Text found in files, as messages show it. */

enum { QUOTED_TEXT = 96 };

/* Writes `text` in single quotes, cut after 40 bytes, control characters and stray bytes as \xNN.
 * Returns `quoted`. */
const char *text_quote(char quoted[QUOTED_TEXT], const char *text, size_t size);

/* Tells whether it is UTF-8 without control characters. */
bool text_is_clean(const char *text, size_t size);

#endif
