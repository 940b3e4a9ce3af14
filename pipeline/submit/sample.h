#ifndef PIPELINE_SAMPLE_H
#define PIPELINE_SAMPLE_H

#include "pipeline/base/idset.h"
#include "pipeline/csv/reader.h"
#include "submission.h"

/* A sample submission: it says which columns and rows the submission has, in which order. */
struct sample {
    struct csv_file file;
    char **header; /* [columns] */
    int columns;
    int *class_at; /* [columns - 1] whose probabilities a column takes; NULL: labels */
    struct idset ids;
    int64_t rows;
    struct csv_row row; /* the last one read */
    const char *id;     /* of it */
    size_t id_size;
};

/* Opens it and reads its first line. */
MUST_CHECK int sample_open(struct sample *sample, const char *path, struct inputs *inputs,
                           struct err *err);
/* Compares its header with `own`, which the submission has without it. Columns of probabilities may
 * stand in any order, and have these names; another column's name is taken as it is spelt there,
 * unless format->header prescribes one. */
MUST_CHECK int sample_match(struct sample *sample, const struct predictions *predictions,
                            const struct submission_format *format, char *const *own, int columns,
                            struct err *err);
/* Reads a row: 1 got one, 0 end, -1 error. The id is text and none of those before. */
MUST_CHECK int sample_next(struct sample *sample, struct err *err);
/* Closes; a zeroed or closed one is fine. */
void sample_close(struct sample *sample);

#endif
