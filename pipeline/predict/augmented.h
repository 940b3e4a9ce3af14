#ifndef PIPELINE_AUGMENTED_H
#define PIPELINE_AUGMENTED_H

#include "pipeline/dataset/samples.h"
#include "pipeline/model/view.h"

/* Puts in place of each row of a chunk what a network trained on the whole data set sees of it in
 * epochs 1 to `epochs`, side by side; the background is that of these rows. EX_USAGE if the chunk
 * would grow beyond 64 MiB, or the changes are larger than the pictures. */
MUST_CHECK int augmented_rows(struct dataset_chunk *chunk, const struct dataset_info *info,
                              const struct nn_augment *augment, uint64_t seed, int epochs,
                              struct err *err);

/* Normalizes the rows of a chunk where they are; the background is that of these rows. EX_USAGE if
 * it is more than the pictures have pixels. */
MUST_CHECK int normalized_rows(struct dataset_chunk *chunk, const struct dataset_info *info,
                               const struct nn_normalize *how, struct err *err);

#endif
