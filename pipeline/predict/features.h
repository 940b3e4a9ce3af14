#ifndef PIPELINE_FEATURES_H
#define PIPELINE_FEATURES_H

#include "ensemble.h"

/* features/1 files: rows, ids and labels as the data has them, features [N,D] F32: the values that
 * a model's network gives to its last layer with weights, in PyTorch's order. */
struct features_writer {
    struct tensor_writer *file;
    struct ensemble *ensemble; /* of one model, not owned */
    int rows, ids, labels, features;
    int layer;      /* the last one, as the network's description numbers it */
    int64_t size;   /* D */
    float *values;  /* [room][D] */
    float *ignored; /* [room][classes] */
};

/* Begins to write for the ensemble's data. Takes `file` over, on failure too. EX_USAGE: the
 * ensemble is of several models, whose values are not of one kind. */
MUST_CHECK int features_writer_init(struct features_writer *writer, struct tensor_writer *file,
                                    struct ensemble *ensemble, struct err *err);
/* Appends the rows of a chunk of at most ensemble->room, after ensemble_predict() of it. */
MUST_CHECK int features_writer_append(struct features_writer *writer,
                                      const struct dataset_chunk *chunk, struct err *err);
/* Does the first step of a commit; the second is tensor_writers_place(). */
MUST_CHECK int features_writer_prepare(struct features_writer *writer, const char *data_digest,
                                       const json_t *options, const struct inputs *inputs,
                                       struct err *err);
void features_writer_close(struct features_writer *writer);

#endif
