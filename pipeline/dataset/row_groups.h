#ifndef PIPELINE_ROW_GROUPS_H
#define PIPELINE_ROW_GROUPS_H

#include "dataset.h"

/* Rows that belong together, as the pictures of one lesion, writer or person: the equal values of a
 * data set's tensor `groups`. Whole groups go to one part of several. Memory is 30 bytes a group
 * and 4 for each of its classes. */
struct row_groups {
    int width;   /* of their values, as keys.h has it */
    int classes; /* that are told apart; 1: none */
    int count;
    int32_t *rows; /* [count][classes] */
    int *part;     /* [count], after row_groups_assign() */
    struct group_slot *slots;
    size_t room; /* of slots */
};

/* Reads the groups of all rows of an open data set, by cursors of its own; by_class: and of which
 * classes they are. */
MUST_CHECK int row_groups_read(struct row_groups *groups, struct tensor_file *file,
                               const struct dataset_info *info, bool by_class, struct err *err);
/* Gives each group to one of `parts`, so that part p comes near sizes[p] rows and its share of
 * every class: the largest groups first, equally large ones in an order drawn by `seed`, each to
 * the part that it leaves least filled. */
MUST_CHECK int row_groups_assign(struct row_groups *groups, const int64_t *sizes, int parts,
                                 uint64_t seed, struct err *err);
/* Fills rows[parts] with what the parts got. */
void row_groups_sizes(const struct row_groups *groups, int parts, int64_t *rows);
/* Returns the part of row `row` of values that were read from the same data set; -1: they are none
 * of its. */
int row_groups_part(const struct row_groups *groups, const void *values, int64_t row);
void row_groups_free(struct row_groups *groups);

#endif
