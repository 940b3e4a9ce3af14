#ifndef PIPELINE_REPEATS_H
#define PIPELINE_REPEATS_H

#include "pipeline/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Finds what is there more than once among any number of things, by their digests of 128 bits, in a
 * fixed amount of memory: sorted runs in a scratch file, merged at the end (32 bytes each). */
struct repeats;

struct repeat {
    uint64_t high, low; /* digest */
    int64_t row, note;  /* the caller's; rows differ */
};

enum { REPEATS_ROOM = 1 << 16 }; /* entries in memory: 2 MiB */

/* Opens a search; the scratch file is in the folder of `path`, which is kept. room: entries in
 * memory. */
MUST_CHECK int repeats_open(struct repeats **repeats, const char *path, size_t room,
                            struct err *err);
MUST_CHECK int repeats_add(struct repeats *repeats, const void *bytes, size_t size, int64_t row,
                           int64_t note, struct err *err);
/* Calls visit for each entry whose digest an earlier row has, with the first of them; in the
 * digests' order, those of one digest by row. Ends the adding. */
typedef void visit_repeat(void *data, const struct repeat *first, const struct repeat *again);
MUST_CHECK int repeats_find(struct repeats *repeats, visit_repeat *visit, void *data,
                            struct err *err);
void repeats_close(struct repeats *repeats); /* NULL is fine */

#endif
