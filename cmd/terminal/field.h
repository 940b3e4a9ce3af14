#ifndef CMD_FIELD_H
#define CMD_FIELD_H

#include "pipeline/base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* Fields of the tables of scores and counts, whose texts are UTF-8 whatever the locale. */

/* Appends a text, as messages show it (pipeline/base/text.h), in `width` columns: cut in its
 * middle, at whole characters, padded after it, or before it if `right`. */
void field_text(struct strbuf *line, const char *text, int width, bool right);
/* Appends a count, right in its columns. */
void field_count(struct strbuf *line, int64_t count, int width);

#endif
