#ifndef PIPELINE_PSEUDO_WRITER_H
#define PIPELINE_PSEUDO_WRITER_H

#include "pipeline/model/model.h"

/* Writes those rows of which the models are sure as a data set, with what they predict as labels;
 * see pseudo_labels.h. */
struct pseudo_writer {
    struct dataset_writer data;
    struct dataset_info info; /* borrowed, but for pseudo_labels */
    double sure;           /* the largest probability of a row that is written is at least this */
    unsigned char *labels; /* [room][classes] one-hot */
    int64_t rows, *class_rows; /* written so far; [classes] */
    double surest;             /* the largest probability so far, and the first row to have it */
    int64_t surest_row;
};

/* For up to `room` rows of `data` at once, as predicted by `count` models. Takes `file` over, on
 * failure too; `data` and the models have to outlive the writer. */
MUST_CHECK int pseudo_writer_init(struct pseudo_writer *writer, struct tensor_writer *file,
                                  const struct dataset_info *data, const struct model *models,
                                  int count, double sure, int64_t room, struct err *err);
/* Appends what rows of `chunk` are sure by probabilities[chunk->count][classes]. */
MUST_CHECK int pseudo_writer_append(struct pseudo_writer *writer, const struct dataset_chunk *chunk,
                                    const float *probabilities, struct err *err);
/* The first step of a commit; the second is tensor_writers_place(). EX_DATAERR if no row was that
 * sure, for nothing can be trained on none. */
MUST_CHECK int pseudo_writer_prepare(struct pseudo_writer *writer, const json_t *options,
                                     const struct inputs *inputs, struct err *err);
void pseudo_writer_close(struct pseudo_writer *writer);

#endif
