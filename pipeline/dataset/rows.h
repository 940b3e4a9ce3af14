#ifndef PIPELINE_ROWS_H
#define PIPELINE_ROWS_H

#include "pipeline/tensor/tensor.h"

/* Shared by data sets and predictions: the tensors rows, ids and labels. */

/* Checks their types and that each has n rows; says which of ids and labels there are and how many
 * tensors that makes. */
struct row_tensors {
    bool has_ids, has_labels, soft_labels;
    int id_width; /* keys.h */
    int count;
};
MUST_CHECK int row_tensors_check(struct row_tensors *found, const struct tensor_file *file,
                                 int64_t n, int class_count, struct err *err);
/* Fails with EX_DATAERR unless the file has `count` tensors: what is not known is not passed over.
 */
MUST_CHECK int row_tensors_no_others(const struct tensor_file *file, int count, const char *known,
                                     struct err *err);

/* Reads the next `count` rows of one tensor; nothing without a cursor. */
MUST_CHECK int rows_read(struct tensor_cursor *cursor, void *rows, int64_t count, struct err *err);

/* Checks row numbers, which count upwards from *last, which moves on. */
MUST_CHECK int rows_check(const char *path, const int64_t *rows, int64_t count, int64_t *last,
                          struct err *err);
/* Checks one-hot U8, or F32 shares; labels NULL: nothing to check. `rows` is for messages. */
MUST_CHECK int labels_check(const char *path, const int64_t *rows, const void *labels, bool soft,
                            int64_t count, int class_count, struct err *err);
/* Returns the class of row `row` of labels [n][class_count], checked before: the largest share, the
 * first among equals. */
int label_class(const void *labels, bool soft, int class_count, int64_t row);
/* Checks each row: finite, within 0..1, and of sum 1 within 1e-5. `what`: "labels" or
 * "probabilities". */
MUST_CHECK int shares_check(const char *path, const char *what, const int64_t *rows,
                            const float *shares, int64_t count, int class_count, struct err *err);

/* Declares a tensor whose rows are counted and of the given sizes; its number, or -1. */
MUST_CHECK int rows_declare(struct tensor_writer *writer, const char *name, enum dtype dtype,
                            int ndim, const int64_t *dims, struct err *err);

#endif
