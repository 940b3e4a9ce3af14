#ifndef PIPELINE_SPLIT_H
#define PIPELINE_SPLIT_H

#include "pipeline/dataset/row_groups.h"
#include "quotas.h"

/* One data set into several: every row goes into exactly one, in the source's order, or, with a
 * limit, into none. Where it has groups each goes to one part as a whole, and the sizes come as
 * near to those requested as that allows. */

struct split {
    struct dataset dataset;
    int count;                           /* parts */
    int64_t sizes[SPLIT_MOST_PARTS + 1]; /* [count] and of the rows left out */
    int64_t *class_rows; /* [count + 1][classes] rows drawn so far; NULL: no labels */
    bool stratified;
    int64_t done; /* rows */

    struct split_plan plan;
    struct row_groups groups; /* of count 0: none, and the plan draws */
    struct dataset_chunk chunk;
    struct dataset_writer writers[SPLIT_MOST_PARTS];
};

struct split_options {
    bool stratify;
    uint64_t seed;
    int64_t limit_rows; /* the parts get no more than so many rows, drawn like a part; 0: all */
};

/* Fails with EX_USAGE if two parts have one target: one would replace the other, and its rows be
 * lost. To be called before outputs are held, or the run would wait for itself. */
MUST_CHECK int split_refuse_same_targets(const struct split_part *parts, int count,
                                         struct err *err);
/* Opens the data set, counts its classes if they matter and plans the parts. Without labels the
 * split cannot be stratified and is not. */
MUST_CHECK int split_open(struct split *split, const char *path, const struct split_part *parts,
                          int count, const struct split_options *options, struct inputs *inputs,
                          struct err *err);
/* Prepares to write. Takes over those writers that it sets to NULL, all of them on success. */
MUST_CHECK int split_begin(struct split *split, struct tensor_writer **writers, struct err *err);
/* Writes some more rows: 1 there may be more, 0 it was the end, -1 error. */
MUST_CHECK int split_next(struct split *split, struct err *err);
/* Commits all parts, none before the last one is whole on disk: the old parts stay, all of them,
 * unless a rename fails or the program is killed between two renames. options[] says what each
 * one's bytes depend on. */
MUST_CHECK int split_finish(struct split *split, json_t *const *options,
                            const struct inputs *inputs, struct err *err);
void split_close(struct split *split);

#endif
