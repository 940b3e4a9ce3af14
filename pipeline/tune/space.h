#ifndef PIPELINE_TUNE_SPACE_H
#define PIPELINE_TUNE_SPACE_H

#include "pipeline/base/err.h"
#include "pipeline/chain/words.h"

#include <stdint.h>

/* What a tuning tries: options of fit whose values have ranges "3e-4..1e-2" and choices "a|b". A
 * range of whole numbers draws whole ones; one whose end is ten times its beginning or more is
 * drawn on a logarithmic scale. A choice that is empty leaves the option out. */

struct tried_option {
    const char *option;   /* "--lr" */
    struct words choices; /* of its value, with ranges; none: it has no value */
};

struct space {
    struct tried_option *options;
    int count;
};

/* Reads a text such as "--lr 3e-4..1e-2 --augment '|rotate 5..15'"; `name` is the variable's.
 * EX_USAGE with a sentence that names it and the value. */
MUST_CHECK int space_parse(struct space *space, const char *name, const char *text,
                           struct pool *pool, struct err *err);
/* Returns the options of draw number `number`, the same for the same seed. Adds a sentence to
 * `ends` for each value that is in the first or last tenth of its range, or at the end of three or
 * more numbers: "--lr: 0.0097 is at the upper end of 3e-4..1e-2". */
struct words space_draw(const struct space *space, uint64_t seed, uint32_t number,
                        struct words *ends, struct pool *pool);

#endif
