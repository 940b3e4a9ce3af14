#ifndef PIPELINE_PREDICTIONS_H
#define PIPELINE_PREDICTIONS_H

#include "dataset.h"

/* predictions/1 files: rows, ids and labels as the data had them, probabilities [N,K] F32. */

struct predictions {
    struct tensor_file *file;
    int64_t n;
    bool has_ids, has_labels, soft_labels;
    int id_width; /* as in struct dataset_info */
    bool trial;   /* of a model that is marked as a trial */
    int class_count;
    char **classes, **class_names;
    char *id_column;  /* name of the data's id column, or NULL */
    int64_t last_row; /* number of the last row read */
    struct tensor_cursor *rows, *ids, *labels, *probabilities;
};

struct predictions_chunk {
    int64_t count, room;
    int64_t *rows;
    void *ids, *labels;   /* as in struct dataset_chunk, or NULL */
    float *probabilities; /* [count][class_count] */
};

MUST_CHECK int predictions_open(struct predictions *predictions, const char *path,
                                struct inputs *inputs, const char *role, struct err *err);
/* Buffers for `room` rows, or for all there are if they are fewer. */
MUST_CHECK int predictions_chunk_init(struct predictions_chunk *chunk,
                                      const struct predictions *predictions, int64_t room,
                                      struct err *err);
/* Reads the next rows: 1 got some, 0 end, -1 error. Probabilities are checked: finite, in 0..1,
 * summing to 1. */
MUST_CHECK int predictions_next(struct predictions *predictions, struct predictions_chunk *chunk,
                                struct err *err);
/* Makes the first row the next one again. */
MUST_CHECK int predictions_rewind(struct predictions *predictions, struct err *err);
void predictions_chunk_free(struct predictions_chunk *chunk);
void predictions_close(struct predictions *predictions);

struct predictions_writer {
    struct tensor_writer *file;
    int rows, ids, labels, probabilities;
    const json_t *relation; /* how the rows relate to the models, not owned; NULL: not recorded */
};

/* Begins to write; `data` is the data set predicted; its info says which tensors there are. Takes
 * `file` over, on failure too. */
MUST_CHECK int predictions_writer_init(struct predictions_writer *writer,
                                       struct tensor_writer *file, const struct dataset_info *data,
                                       int class_count, struct err *err);
/* Appends rows of `data` with their probabilities [data->count][class_count]. */
MUST_CHECK int predictions_writer_append(struct predictions_writer *writer,
                                         const struct dataset_chunk *data,
                                         const float *probabilities, struct err *err);
/* Does the first step of a commit; the second is tensor_writers_place(). classes, class_names: the
 * models'; models: JSON array of the models' content digests. */
MUST_CHECK int predictions_writer_prepare(struct predictions_writer *writer,
                                          const struct dataset_info *data, int class_count,
                                          char *const *classes, char *const *class_names,
                                          const json_t *models, const char *data_digest,
                                          const json_t *options, const struct inputs *inputs,
                                          struct err *err);
void predictions_writer_close(struct predictions_writer *writer);

#endif
