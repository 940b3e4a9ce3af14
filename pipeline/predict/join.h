#ifndef PIPELINE_JOIN_H
#define PIPELINE_JOIN_H

#include "by_id.h"
#include "pipeline/model/relation.h"

/* Several predictions of the same rows as one: the mean of their probabilities, as models'
 * are averaged by an ensemble, or the geometric mean, made to sum to 1 again. */
struct join {
    char *const *paths;       /* not owned */
    const char *output;       /* not owned: a file in whose folder scratch files may lie */
    struct predictions *each; /* [count] */
    struct predictions_chunk *chunks;
    struct by_id **by_id; /* [count] of those whose rows have another order, else NULL */
    int count, classes;
    double *weights; /* [count] 1 unless changed; relative to each other */
    bool geometric;
    struct dataset_info info;      /* of the rows; its texts are the first predictions' */
    char data_digest[DIGEST_TEXT]; /* of the data; "" where none of them names it */
    json_t *models;                /* digests of the models of all, each once */
    json_t *models_of;             /* [count] lists of the digests of each one's models */
    bool oof;                      /* all are out of fold */
    bool oof_mixed;                /* some are and some are not */
    struct relation *relations;    /* [count] to their models */
    struct relation relation;      /* the worst among those that count (join_weigh) */
    int shared;                    /* models that more than one of them is of */
    struct dataset_chunk rows;     /* the last rows read; memory of the chunks */
    double *sum;                   /* [room][classes] */
    float *mean;                   /* [room][classes] of these rows */
};

/* Opens predictions that have the same rows, ids, labels and classes; where they have ids, in any
 * order: the first one's counts. EX_DATAERR where they have not; EX_USAGE where two have the same
 * content, which would count double. */
MUST_CHECK int join_open(struct join *join, char *const *paths, int count, const char *output,
                         struct inputs *inputs, struct err *err);
/* Gives them weights, NULL: all alike, before the rows are read, and notes the worst relation of
 * those that count: of all rows that some model trained on, the mean knows too much. Which rows
 * each was trained on is not recorded, so that these may be more. */
void join_weigh(struct join *join, const double *weights);
/* Reads the next rows of all and takes their mean: 1 got some, 0 end, -1 error. */
MUST_CHECK int join_next(struct join *join, struct err *err);
void join_close(struct join *join);

#endif
