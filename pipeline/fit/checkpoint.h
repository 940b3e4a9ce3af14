#ifndef PIPELINE_CHECKPOINT_H
#define PIPELINE_CHECKPOINT_H

#include "training.h"

/* checkpoint/1 files: all that a stopped training needs to end in the bytes of an undisturbed one.
 */

/* Checks, before the work begins, that `path` can take checkpoints. EX_USAGE if it is no regular
 * file or holds what is no checkpoint, which saving would destroy; EX_CANTCREAT if its folder takes
 * no file. What cannot be read is left to checkpoint_load() where that comes: `resume`. */
MUST_CHECK int checkpoint_check(const char *path, bool resume, struct err *err);
/* Removes a checkpoint that is not needed any more; what is no checkpoint stays. */
void checkpoint_remove(const char *path);
/* Replaces `path` by the training's present state, between two batches. */
MUST_CHECK int checkpoint_save(const struct training *training, const char *path, struct err *err);
/* Brings a training that was just opened to the state in `path`: 1 done, and note->text says which
 * settings differ in what is still to come, or nothing; 0 there is no such file; -1 error,
 * EX_DATAERR if it is damaged or of another run, with all that differs, and note->text says how its
 * weights are of use, or nothing. Not done, the training is as it was, and the file always. */
MUST_CHECK int checkpoint_load(struct training *training, const char *path, struct err *note,
                               struct err *err);
/* Gives the file a name that is free, *kept: `path` with .old after it, or .old2 and so on; the
 * caller frees it. */
MUST_CHECK int checkpoint_set_aside(const char *path, char **kept, struct err *err);

/* The metadata of a checkpoint, readable without the data; checkpoint_info_free() frees it. */
struct checkpoint_info {
    char *architecture;
    json_t *settings, *epochs; /* as in struct model */
    long long updates;
    struct nn_progress progress; /* of the epoch at which it stopped */
    int best_epoch;              /* 0: none is kept */
    double best_figure;          /* that --keep goes by */
};
MUST_CHECK int checkpoint_describe(struct checkpoint_info *info, const struct tensor_file *file,
                                   struct err *err);
void checkpoint_info_free(struct checkpoint_info *info);

#endif
