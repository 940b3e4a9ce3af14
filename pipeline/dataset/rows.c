/* Rows of a data set, a block at a time. */
#include "rows.h"

#include "keys.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const double share_tolerance = 1e-5;

static int check_labels_tensor(struct row_tensors *found, const char *path,
                               const struct tensor *labels, int64_t n, int class_count,
                               struct err *err)
{
    if (class_count == 0)
        return err_set(err, EX_DATAERR, "%s: has labels but no metadata 'classes'", path);
    found->has_labels = true;
    found->soft_labels = labels->dtype == DTYPE_F32;
    return tensor_expect(path, labels, found->soft_labels ? DTYPE_F32 : DTYPE_U8, 2,
                         (int64_t[]){n, class_count}, err);
}

int row_tensors_check(struct row_tensors *found, const struct tensor_file *file, int64_t n,
                      int class_count, struct err *err)
{
    const char *path = tensor_file_path(file);
    const struct tensor *rows = tensor_file_find(file, "rows");
    const struct tensor *ids = tensor_file_find(file, "ids");
    const struct tensor *labels = tensor_file_find(file, "labels");

    *found = (struct row_tensors){.has_ids = ids, .count = 1 + !!ids + !!labels};
    if (!rows)
        return err_set(err, EX_DATAERR, "%s: tensor 'rows' is missing", path);
    if (tensor_expect(path, rows, DTYPE_I64, 1, &n, err) ||
        (ids && keys_tensor_check(path, ids, n, &found->id_width, err)))
        return -1;
    return labels ? check_labels_tensor(found, path, labels, n, class_count, err) : 0;
}

int row_tensors_no_others(const struct tensor_file *file, int count, const char *known,
                          struct err *err)
{
    if (tensor_file_count(file) == count)
        return 0;
    return err_set(err, EX_DATAERR, "%s: has %d tensor%s; a %s file has only %s",
                   tensor_file_path(file), tensor_file_count(file), plural(tensor_file_count(file)),
                   tensor_file_kind(file), known);
}

int rows_read(struct tensor_cursor *cursor, void *rows, int64_t count, struct err *err)
{
    if (!cursor)
        return 0;
    return tensor_cursor_read(cursor, rows, count, err) < 0 ? -1 : 0;
}

int rows_check(const char *path, const int64_t *rows, int64_t count, int64_t *last, struct err *err)
{
    for (int64_t i = 0; i < count; i++) {
        if (rows[i] <= *last)
            return err_set(
                err, EX_DATAERR,
                "%s: tensor 'rows' has %lld after %lld; row numbers count upwards from 1", path,
                (long long)rows[i], (long long)*last);
        *last = rows[i];
    }
    return 0;
}

static int one_hot_check(const char *path, const int64_t *rows, const uint8_t *labels,
                         int64_t count, int class_count, struct err *err)
{
    for (int64_t i = 0; i < count; i++, labels += class_count) {
        int64_t sum = 0;

        for (int k = 0; k < class_count; k++)
            sum += labels[k];
        if (sum != 1)
            return err_set(err, EX_DATAERR,
                           "%s: row %lld: its labels are not one 1 among zeros (one-hot)", path,
                           (long long)rows[i]);
    }
    return 0;
}

int shares_check(const char *path, const char *what, const int64_t *rows, const float *shares,
                 int64_t count, int class_count, struct err *err)
{
    for (int64_t i = 0; i < count; i++, shares += class_count) {
        double sum = 0;

        for (int k = 0; k < class_count; k++) {
            if (!(shares[k] >= 0 && shares[k] <= 1))
                return err_set(err, EX_DATAERR, "%s: row %lld: %s has %g, which is not within 0..1",
                               path, (long long)rows[i], what, (double)shares[k]);
            sum += (double)shares[k];
        }
        if (!(fabs(sum - 1) <= share_tolerance))
            return err_set(err, EX_DATAERR, "%s: row %lld: %s sums to %.7g, expected is 1", path,
                           (long long)rows[i], what, sum);
    }
    return 0;
}

int labels_check(const char *path, const int64_t *rows, const void *labels, bool soft,
                 int64_t count, int class_count, struct err *err)
{
    if (!labels)
        return 0;
    return soft ? shares_check(path, "labels", rows, labels, count, class_count, err)
                : one_hot_check(path, rows, labels, count, class_count, err);
}

int label_class(const void *labels, bool soft, int class_count, int64_t row)
{
    const uint8_t *onehot = (const uint8_t *)labels + row * class_count;
    const float *shares = (const float *)labels + row * class_count;
    int best = 0;

    for (int k = 1; k < class_count; k++)
        if (soft ? shares[k] > shares[best] : onehot[k] > onehot[best])
            best = k;
    return best;
}

int rows_declare(struct tensor_writer *writer, const char *name, enum dtype dtype, int ndim,
                 const int64_t *dims, struct err *err)
{
    struct tensor tensor = {.name = name, .dtype = dtype, .ndim = ndim};

    memcpy(tensor.dims, dims, (size_t)ndim * sizeof *dims);
    return tensor_writer_add(writer, &tensor, true, err);
}
