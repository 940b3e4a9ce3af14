#ifndef PIPELINE_SPLIT_PLAN_H
#define PIPELINE_SPLIT_PLAN_H

#include "nn/nn.h"
#include "pipeline/base/err.h"

/* Rows of each class that go into each part: how many, and which. */

enum split_kind { SPLIT_SHARE, SPLIT_COUNT, SPLIT_REST };

struct split_part {
    const char *path; /* not owned */
    enum split_kind kind;
    int64_t amount; /* rows, or millionths of a percent */
};

enum { SPLIT_MOST_PARTS = 100 }; /* and one more of the rows that are left out */

/* Reads "FILE=70%", "FILE=10000" or "FILE=rest"; changes the text: part->path points into it.
 * EX_USAGE. */
MUST_CHECK int split_parse(struct split_part *part, char *text, struct err *err);

/* Computes the parts' sizes out of n rows. Shares are rounded by largest remainder; they have to
 * make 100 % and counts n, unless one part takes the rest. A part without a row is refused.
 * EX_USAGE. */
MUST_CHECK int split_sizes(const struct split_part *parts, int count, int64_t n, int64_t *sizes,
                           struct err *err);

/* Returns the part with more than half of n rows, which a network will be trained on; -1: none. */
int split_training_part(const int64_t *sizes, int count, int64_t n);

struct split_plan {
    int classes, parts;
    int64_t *quota; /* [classes][parts] rows still to come */
    int64_t *left;  /* [classes] their sum */
    struct nn_random random;
};

/* Plans quotas. class_rows[classes] and sizes[parts] have the same sum. Every quota is the exact
 * share rounded up or down, the larger remainders up as far as the sums allow, among equals by a
 * draw from the seed: each class and each part get exactly their rows. But the part `training`
 * (-1: none) gets a row of each class, such as the only one, before the rest is shared out;
 * EX_USAGE where it is too small. */
MUST_CHECK int split_plan_init(struct split_plan *plan, const int64_t *class_rows, int classes,
                               const int64_t *sizes, int parts, int training, uint64_t seed,
                               struct err *err);
/* Draws the part of row number `row` (from 0), which is of class `class`. Knuth's selection
 * sampling (The Art of Computer Programming, vol. 2, 3.4.2, Algorithm S) for several parts: all
 * ways to meet the quotas are equally likely. To be called once for each row, in order. -1: the
 * class has no more rows. */
int split_plan_draw(struct split_plan *plan, int64_t row, int class);
void split_plan_free(struct split_plan *plan);

#endif
