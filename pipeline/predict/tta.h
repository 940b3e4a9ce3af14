#ifndef PIPELINE_TTA_H
#define PIPELINE_TTA_H

#include "ensemble.h"

/* Test-time augmentation: a model's probabilities of a row are the mean over its picture, as the
 * model sees it, and other views of that. */
enum tta_views { TTA_SHIFTS = 1, TTA_MIRROR, TTA_BOTH }; /* bits */
/* TTA_SHIFTS: shifted by one pixel to each side; TTA_MIRROR: left to right; TTA_BOTH: these five
 * also mirrored. The words of the views by their numbers, "none" first, NULL at the end. */
extern const char *const tta_words[];

struct tta {
    struct ensemble *ensemble; /* not owned */
    enum tta_views views;
    double below;       /* rows whose largest mean probability is below have further views */
    int64_t again_rows; /* that had, so far */
    void *images;       /* [room] of one view */
    int64_t *unsure;    /* [room] places in the chunk of a model's rows that have them */
    float *again;       /* [room][classes] */
};

MUST_CHECK int tta_init(struct tta *tta, struct ensemble *ensemble, enum tta_views views,
                        double below, struct err *err);
/* Predicts, after ensemble_predict() of the chunk, the views of unsure rows and replaces their
 * probabilities in the ensemble's `each` and `mean`. */
MUST_CHECK int tta_predict(struct tta *tta, const struct dataset_chunk *chunk, struct err *err);
void tta_free(struct tta *tta);

/* Copies an image [c][h][w] of the data's kind, mirrored left to right if requested, then moved by
 * x pixels along and y down; what comes in at an edge repeats the edge. */
void view_image(const struct dataset_info *info, const void *from, bool mirror, int x, int y,
                void *to);

#endif
