#ifndef PIPELINE_SAME_PICTURES_H
#define PIPELINE_SAME_PICTURES_H

#include "pipeline/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Counts rows whose picture, pixel for pixel, an earlier row has, within a data set and between
 * several. Memory is fixed, 2 MiB; beyond 65,536 rows a scratch file takes 32 bytes for each. */
struct same_pictures;

/* Opens a search; the scratch file is in the folder of `path`, which is kept. */
MUST_CHECK int same_pictures_open(struct same_pictures **same, const char *path, struct err *err);
/* Adds the next `count` rows of data set `set`, after all rows of those before it: images of
 * `bytes` each; labels[count] are numbers of classes, NULL: none. */
MUST_CHECK int same_pictures_add(struct same_pictures *same, int set, const void *images,
                                 size_t bytes, const int32_t *labels, int64_t count,
                                 struct err *err);

struct same_count {
    int64_t rows, relabelled;    /* of these, those whose label is another one */
    int64_t first_row, first_of; /* the first such row, and the row whose picture it has */
};
/* Fills counts[sets][sets]: counts[of * sets + in] is of the rows of set `in` whose picture is
 * first in set `of`. Ends the adding. */
MUST_CHECK int same_pictures_count(struct same_pictures *same, int sets, struct same_count *counts,
                                   struct err *err);
void same_pictures_close(struct same_pictures *same); /* NULL is fine */

#endif
