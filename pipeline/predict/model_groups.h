#ifndef PIPELINE_MODEL_GROUPS_H
#define PIPELINE_MODEL_GROUPS_H

#include "ensemble.h"
#include "metrics.h"

/* Groups of the models of an ensemble, as the seeds and folds of one network: what each group says
 * alone, and what the mean would be without it, counted row by row next to the mean of all. Held
 * are the counts, and the probabilities of a chunk. */

/* Counts of the rows that two have right: one alone, the other alone. */
struct paired {
    int64_t first, second;
};

struct model_groups {
    const struct ensemble *ensemble; /* not owned */
    int count;
    int *of;           /* [ensemble->count] group of each model */
    double *weight;    /* [ensemble->count] in its group */
    const char **name; /* [count] not owned */
    int64_t rows;
    int64_t *correct;       /* [count + 1] of each group alone, last of the mean of all */
    struct paired *alone;   /* [count + 1][count + 1] of groups alone and the mean of all */
    struct paired *without; /* [count] of the mean without that group and of the mean of all */

    /* The row of the chunk that is counted */
    int64_t row;
    int64_t *next; /* [ensemble->count] each model's next row */
    double *sums;  /* [count + 1][classes] of each group, and room for another */
    bool *right;   /* [count + 1] */
};

/* Groups the models, whose weights are set, by names[ensemble->count], those of one name together.
 * No group is there, and nothing will be counted, where all are of one name or there are more than
 * MODEL_GROUPS_MOST. */
enum { MODEL_GROUPS_MOST = 32 };
MUST_CHECK int model_groups_init(struct model_groups *groups, const struct ensemble *ensemble,
                                 char *const *names, struct err *err);
/* Counts the ensemble's last chunk. labels: as metrics_add() takes them. Rows that a group has no
 * model for, out of fold, count for none. */
void model_groups_add(struct model_groups *groups, const void *labels, bool soft, int64_t count);
void model_groups_free(struct model_groups *groups);

#endif
