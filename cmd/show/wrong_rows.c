/* The wrong rows of predictions, for other programs. */
#include "wrong_rows.h"

#include "pipeline/csv/put.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/predict/metrics.h"

#include <string.h>

int wrong_rows_open(struct output **out, const char *path, const struct predictions *p,
                    struct err *err)
{
    if (!p->has_labels)
        return err_set(err, EX_DATAERR,
                       "%s: it has no labels, and without them nobody knows which rows are wrong",
                       tensor_file_path(p->file));
    return output_open(out, path, err) ||
                   output_printf(*out, err,
                                 "row,%struth,predicted,probability,probability_of_truth\n",
                                 p->has_ids ? "id," : "")
               ? -1
               : 0;
}

static int put_text(struct output *out, const char *text, struct err *err)
{
    return csv_put_field(out, text, strlen(text), err) || output_write(out, ",", 1, err) ? -1 : 0;
}

int wrong_rows_add(struct output *out, const struct predictions *p,
                   const struct predictions_chunk *chunk, struct err *err)
{
    const int classes = p->class_count;
    char id[KEY_TEXT] = "";

    for (int64_t i = 0; i < chunk->count; i++) {
        const float *shares = chunk->probabilities + i * classes;
        const int truth = label_class(chunk->labels, p->soft_labels, classes, i);
        const int predicted = metrics_largest(shares, classes);

        if (truth == predicted)
            continue;
        if (p->has_ids)
            key_text(id, chunk->ids, p->id_width, i);
        if (output_printf(out, err, "%lld,", (long long)chunk->rows[i]) ||
            (p->has_ids && put_text(out, id, err)) || put_text(out, p->classes[truth], err) ||
            put_text(out, p->classes[predicted], err) ||
            output_printf(out, err, "%.9g,%.9g\n", (double)shares[predicted],
                          (double)shares[truth]))
            return -1;
    }
    return 0;
}
