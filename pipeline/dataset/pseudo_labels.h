#ifndef PIPELINE_PSEUDO_LABELS_H
#define PIPELINE_PSEUDO_LABELS_H

#include "pipeline/tensor/tensor.h"

struct model;

/* A data set whose labels are predictions (pseudo-labels; D.-H. Lee, 2013) says so in its metadata
 * `pseudo_labels`, a JSON object: `sure`, the probability that each label had at least; `models`,
 * the content digests of those whose mean predicted; and, where all of these were validated on one
 * fold of one data set, `fold`, `folds`, `fold_seed`, and as `fold_data` the digest of that. */

/* A new object; NULL: out of memory. */
json_t *pseudo_labels_new(const struct model *models, int count, double sure);
/* That of a dataset/1 file, checked; NULL if it has none. */
MUST_CHECK int pseudo_labels_read(json_t **labels, const struct tensor_file *file, struct err *err);

double pseudo_labels_sure(const json_t *labels);
int pseudo_labels_models(const json_t *labels); /* how many there were */
/* Whether none of the models was trained on rows of this fold of the data `digest`. */
bool pseudo_labels_spare(const json_t *labels, int fold, int folds, uint64_t fold_seed,
                         const char *digest);

#endif
