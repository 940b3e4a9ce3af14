#ifndef PIPELINE_RUN_GROUPS_H
#define PIPELINE_RUN_GROUPS_H

#include "runs.h"

#include <stdbool.h>

/* Finished fits that the same rows validated, so that their figures can be compared. */
struct run_group {
    const char *digest; /* of these rows, not owned; NULL: not recorded, and nothing is compared */
    int64_t rows;       /* 0: not recorded */
    int *runs;          /* [count] numbers in the array of runs, in its order */
    int count;
    int best;    /* number of the best run; -1: there are not two to compare */
    int models;  /* of which it is: runs less those that wrote the same model again */
    double lead; /* of the best's accuracy over the models' mean; NAN */
    double luck; /* the mean of that lead if all were equally good; NAN */
};

/* Groups the validated runs, in the order of their first; the caller frees by run_groups_free(). */
MUST_CHECK int run_groups_find(struct run_group **groups, int *count, const json_t *runs,
                               struct err *err);
void run_groups_free(struct run_group *groups, int count);

/* Returns how likely the best run leads run `number` of its group by luck: proportions_p(). NAN for
 * a run that wrote the same model. */
double run_group_p(const struct run_group *group, const json_t *runs, int number);

/* Seeds of one model, told apart by their seed alone. */
struct run_seeds {
    int count;
    double mean, spread; /* of the accuracies; standard deviation, by count - 1 */
    double error;        /* of the mean accuracy, of the rows: it stays however many the seeds */
};
/* Sums up the seeds of the model of runs[first]; count 0: it is no model's first, or there are not
 * two. */
struct run_seeds run_group_seeds(const struct run_group *group, const json_t *runs, int first);

#endif
