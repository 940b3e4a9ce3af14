#ifndef PIPELINE_SHORT_NAME_H
#define PIPELINE_SHORT_NAME_H

#include "strbuf.h"

/* Names shortened so that they still differ: what all have in common goes first. */

struct common_part {
    size_t head, tail; /* bytes that all begin and end with, up to whole words */
};
struct common_part common_part_of(char *const *names, int count);

/* Appends `name` in at most `columns` columns, whole if it fits: else without what all have in
 * common, and then without its middle. `mark` stands for what is left out: "..." or "…". */
void short_name(struct strbuf *to, const char *name, struct common_part common, int columns,
                const char *mark);

#endif
