#ifndef PIPELINE_FOLDS_H
#define PIPELINE_FOLDS_H

#include "row_groups.h"

/* Division of a data set's rows into K folds, found in one pass over the rows' classes: every K
 * rows of a class that follow each other go to the K folds in an order drawn for them. So each fold
 * has its share of every class to within one row, and the same seed gives the same folds. */
struct folds {
    int count; /* K */
    uint64_t seed;
    int classes;
    int64_t *seen;            /* [classes] rows so far */
    struct row_groups groups; /* of count 0: none */
};

/* count from 2 to FOLDS_MOST. */
enum { FOLDS_MOST = 100 };
MUST_CHECK int folds_init(struct folds *folds, int count, uint64_t seed, int classes,
                          struct err *err);
/* Returns the fold, from 1 to K, of the next row, which is of class `class`. */
int folds_next(struct folds *folds, int class);
/* Keeps the groups of the data set `path` together, if it has any: reads them all, and each goes to
 * a fold. */
MUST_CHECK int folds_by_group(struct folds *folds, const char *path, struct err *err);
/* Does folds_next() for row `row` of a chunk of the data set that folds_by_group() has read. */
int folds_next_of(struct folds *folds, const struct dataset_chunk *chunk, int64_t row, int class);
void folds_free(struct folds *folds);

#endif
