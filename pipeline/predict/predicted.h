#ifndef PIPELINE_PREDICTED_H
#define PIPELINE_PREDICTED_H

#include "ensemble.h"
#include "pipeline/dataset/predictions.h"
#include "ranking.h"

/* Predictions of a data set's rows, read from a predictions file or computed by models as their
 * mean.
 */
struct predicted {
    const char *data_path;        /* not owned */
    const struct dataset *data;   /* not owned; its rows are read by cursors of their own */
    const char *predictions_path; /* NULL: models; not owned */
    struct nn_pool *pool;
    struct ensemble ensemble;
    int classes;
    char **class_spellings, **class_names; /* [classes] as the CSV spells them; for display */
};

/* Opens `predictions`, or `models` if that is NULL. EX_DATAERR if they are not of this data set, or
 * do not fit it. */
MUST_CHECK int predicted_open(struct predicted *source, const char *data_path,
                              const struct dataset *data, const char *predictions,
                              char *const *models, int count, int threads, struct inputs *inputs,
                              struct err *err);
/* Ranks the rows of the whole data set, in a pass of its own over the file: mistakes, the surest
 * first; or all rows, the least sure first. A row without a label is no mistake. *ranking is empty
 * before. progress(rows done so far). */
enum rank_by { RANK_MISTAKES, RANK_UNSURE };
MUST_CHECK int predicted_rank(struct predicted *source, enum rank_by by, struct ranking *ranking,
                              void (*progress)(int64_t rows), struct err *err);
/* Fills *probabilities [rows->count][classes] for some rows of the data; the caller frees it. */
MUST_CHECK int predicted_rows(struct predicted *source, const struct dataset_chunk *rows,
                              float **probabilities, struct err *err);
void predicted_close(struct predicted *source);

#endif
