#ifndef PIPELINE_SAMPLES_H
#define PIPELINE_SAMPLES_H

#include "../nn/nn.h"
#include "dataset.h"

/* A labelled data set in memory, as training and evaluation want it. */
struct samples {
    const char *name; /* "val", or what --eval calls it; not owned */
    struct dataset dataset;
    struct dataset_chunk rows; /* all of them */
    struct nn_data data;       /* the same memory, for nn/ */
};

/* EX_DATAERR if it has no labels or no rows. */
__attribute__((warn_unused_result)) int samples_load(struct samples *samples, const char *name,
                                                     const char *path, struct inputs *inputs,
                                                     const char *role, struct err *err);
void samples_free(struct samples *samples);

/* rows[class_count]: how many rows each class has. */
void samples_count(const struct samples *samples, int64_t *rows);

/* A chunk of a data set as nn/ sees it; the memory stays the chunk's. */
struct nn_data samples_view(const struct dataset_info *info, const struct dataset_chunk *chunk);

#endif
