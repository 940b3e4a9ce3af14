#ifndef PIPELINE_JUDGE_H
#define PIPELINE_JUDGE_H

#include "ensemble.h"
#include "pipeline/dataset/predictions.h"
#include "ranking.h"

/* What was, or now is, predicted for the rows of a data set: read from a predictions file, or
 * computed by models as their mean. */
struct judge {
    const char *data_path;        /* not owned */
    const struct dataset *data;   /* not owned; its rows are read by cursors of their own */
    const char *predictions_path; /* NULL: models; not owned */
    struct nn_pool *pool;
    struct ensemble ensemble;
    int classes;
    char **class_spellings, **class_names; /* [classes] as the CSV spells them; for display */
};

/* `predictions`, or `models` if that is NULL. EX_DATAERR if they are not of this data set, or do
 * not fit it. */
MUST_CHECK int judge_open(struct judge *judge, const char *data_path, const struct dataset *data,
                          const char *predictions, char *const *models, int count, int threads,
                          struct inputs *inputs, struct err *err);
/* The rows of the whole data set, in a pass of its own over the file, that rank first: wrong ones,
 * the most probable of their predicted classes first; or all, the least probable first. Of rows
 * without labels none is wrong. *ranking is empty before. progress: told how many rows are done. */
enum rank_by { RANK_MISTAKES, RANK_UNSURE };
MUST_CHECK int judge_rank(struct judge *judge, enum rank_by by, struct ranking *ranking,
                          void (*progress)(int64_t rows), struct err *err);
/* Probabilities [rows->count][classes] of some rows of the data, which the caller frees. */
MUST_CHECK int judge_rows(struct judge *judge, const struct dataset_chunk *rows,
                          float **probabilities, struct err *err);
void judge_close(struct judge *judge);

#endif
