#ifndef PIPELINE_CHECKPOINT_H
#define PIPELINE_CHECKPOINT_H

#include "training.h"

/* checkpoint/1 files: all that a stopped training needs to end in the bytes of an undisturbed one.
 */

/* Before the work begins: that `path` can take checkpoints. EX_USAGE if it is no regular file or is
 * a tensor file of another kind, which saving would destroy; EX_CANTCREAT if its folder takes no
 * file. */
__attribute__((warn_unused_result)) int checkpoint_check(const char *path, struct err *err);
/* Replaces `path` by the training's present state, between two batches. */
__attribute__((warn_unused_result)) int checkpoint_save(const struct training *training,
                                                        const char *path, struct err *err);
/* Brings a training that was just opened to the state in `path`: 1 done; 0 not, and *why says why
 * (no such file, another network, other settings or data, damaged) while the training is as it was;
 * -1 error. */
__attribute__((warn_unused_result)) int checkpoint_load(struct training *training, const char *path,
                                                        struct err *why, struct err *err);

#endif
