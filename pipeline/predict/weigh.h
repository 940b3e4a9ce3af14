#ifndef PIPELINE_WEIGH_H
#define PIPELINE_WEIGH_H

#include "greedy.h"
#include "join.h"
#include "metrics.h"

/* Weights for the mean of predictions of the same rows, by models that did not train on them, with
 * an estimate of what they gain: the weights found on all folds of the rows but one are judged on
 * that one, so that no row judges weights that it helped to find. */

enum weigh_mean { WEIGH_EQUAL, WEIGH_FOUND, WEIGH_CROSS, WEIGH_MEANS };

struct weigh {
    char *const *paths; /* not owned */
    const char *output; /* not owned: a file in whose folder scratch files may lie */
    int count;
    char **names;         /* [count] files' names up to the first dot */
    json_t *digests;      /* [count] lists of the models' digests */
    struct greedy data;   /* its arrays are owned */
    double *found;        /* [count] by all rows; they sum to 1 */
    double *cross;        /* [GREEDY_FOLDS][count] by all but a fold */
    double *equal;        /* [count] 1 / count */
    double *weights;      /* [count] what to use: `found`, or all 1 if these do not pay */
    struct metrics *each; /* [count] alone */
    struct metrics means[WEIGH_MEANS]; /* of the means, of these the last by each row's fold */
    double gain, error;       /* mean loss of equal weights less that of `cross`, standard error */
    bool pays;                /* gain is above twice its error, over 50 rows or more */
    struct relation relation; /* of the rows to the models */
};

/* Reads the predictions twice and does all that. EX_DATAERR without labels, with shares as labels,
 * or where rows were trained on; EX_USAGE where two files are of one name. To be closed in any
 * case. */
MUST_CHECK int weigh_make(struct weigh *weigh, char *const *paths, int count, const char *output,
                          struct inputs *inputs, struct err *err);
void weigh_close(struct weigh *weigh);

/* Returns what the file of weights holds; NULL: out of memory. */
json_t *weigh_json(const struct weigh *weigh);

#endif
