#ifndef PIPELINE_OUT_OF_FOLD_H
#define PIPELINE_OUT_OF_FOLD_H

#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/folds.h"
#include "pipeline/model/model.h"

/* Choice of the models that did not train on a row of the data that all were trained on: those that
 * were validated on the row's fold. Each model says its fold, the number of folds and their seed;
 * models may differ in all three. */
struct out_of_fold {
    int models, divisions;
    struct folds *division; /* [divisions] the different numbers of folds and seeds */
    int *fold;              /* [divisions] of the last row */
    int *of;                /* [models] which division */
    int *own;               /* [models] the fold it was validated on */
};

/* Reads the models' folds. EX_DATAERR for data without labels and for a model that has no fold or
 * was trained on other data than that of `digest`; the sentence names the two files. */
MUST_CHECK int out_of_fold_init(struct out_of_fold *folds, const struct model *models,
                                char *const *paths, int count, const char *data_path,
                                const struct dataset_info *data, const char *digest,
                                struct err *err);
/* Goes on to the next row, which is row `row` of `chunk` and of class `class`. */
void out_of_fold_next(struct out_of_fold *folds, const struct dataset_chunk *chunk, int64_t row,
                      int class);
/* Tells whether the model did not train on that row. */
bool out_of_fold_has(const struct out_of_fold *folds, int model);
/* Appends "fold 2 of 5 (fold seed 1)", where that row is in each division. */
void out_of_fold_add_text(const struct out_of_fold *folds, struct strbuf *text);
void out_of_fold_free(struct out_of_fold *folds);

#endif
