#ifndef PIPELINE_IDSET_H
#define PIPELINE_IDSET_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A set of row ids. Whole numbers that lie together, as ids do, cost about half a byte each, in
 * whatever order they come; scattered ones and texts up to 64 bytes each. A zeroed set is empty. */
struct idset {
    struct idset_word *words; /* open addressing; `room` is a power of two, or 0 */
    size_t room, used;
    int64_t count;
};

/* Returns the key of an id as a CSV spells it: a number written the plain way stands for itself,
 * any other text for its 64-bit hash, so "7" and "07" are two ids. */
uint64_t idset_key(const char *text, size_t size);

/* Returns 1 added, 0 was there, -1 out of memory. */
MUST_CHECK int idset_add(struct idset *set, uint64_t key, struct err *err);
bool idset_has(const struct idset *set, uint64_t key);
void idset_free(struct idset *set);

#endif
