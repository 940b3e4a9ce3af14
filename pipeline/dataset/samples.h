#ifndef PIPELINE_SAMPLES_H
#define PIPELINE_SAMPLES_H

#include "dataset.h"
#include "nn/nn.h"
#include "pipeline/files/mapped_rows.h"

/* Labelled rows in memory, of one data set or of several one after the other, as training and
 * evaluation want them. */
struct samples {
    struct dataset_info info;
    char digest[DIGEST_TEXT]; /* of the one data set, or of all their digests */
    struct dataset_chunk
        rows;            /* all of them, without row numbers and ids; groups of one data set */
    struct nn_data data; /* the same memory, for nn/ */
    struct mapped_rows mapped; /* the images, if they are in a temporary file */
};

/* Loads the data sets, which have to have labels, rows, and the same shape, classes and columns.
 * spool: a folder for the pixels if they are not to be in memory, or NULL. */
MUST_CHECK int samples_load(struct samples *samples, char *const *paths, int count,
                            const char *spool, struct inputs *inputs, const char *role,
                            struct err *err);
void samples_free(struct samples *samples);
/* Moves all of it to another place, and empties the old one. */
void samples_move(struct samples *to, struct samples *from);

/* Counts rows[class_count] of each class in data; `data` is the samples' or a part of it. */
void samples_count(const struct samples *samples, const struct nn_data *data, int64_t *rows);

/* Computes mean and standard deviation of all pixels of the rows in data, each pixel divided by
 * `divisor`. */
void samples_moments(const struct samples *samples, const struct nn_data *data, double divisor,
                     double *mean, double *std);

/* Finds background[channels]: the value that most corners of the pictures in data have, the
 * smallest among equals; of many rows the first 10,000 are looked at. */
MUST_CHECK int samples_background(const struct samples *samples, const struct nn_data *data,
                                  float *background, struct err *err);

/* Returns a chunk of a data set as nn/ sees it; the memory stays the chunk's. */
struct nn_data samples_view(const struct dataset_info *info, const struct dataset_chunk *chunk);

#endif
