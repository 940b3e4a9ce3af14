#ifndef PIPELINE_TTA_H
#define PIPELINE_TTA_H

#include "ensemble.h"

/* Test-time augmentation: a model's probabilities of a row are the mean over its picture and that
 * shifted by one pixel to each side. */
struct tta {
    struct ensemble *ensemble; /* not owned */
    double below;              /* rows whose largest mean probability is below are shifted */
    int64_t shifted;           /* rows so far */
    void *images;              /* [room] images, shifted */
    int64_t *unsure;           /* [room] places in the chunk of a model's rows to shift */
    float *again;              /* [room][classes] */
};

MUST_CHECK int tta_init(struct tta *tta, struct ensemble *ensemble, double below, struct err *err);
/* Shifts, after ensemble_predict() of the chunk, the unsure rows and replaces their probabilities
 * in the ensemble's `each` and `mean`. */
MUST_CHECK int tta_predict(struct tta *tta, const struct dataset_chunk *chunk, struct err *err);
void tta_free(struct tta *tta);

/* Copies an image [c][h][w] of the data's kind, moved by x pixels along and y down; what comes in
 * at an edge repeats the edge. */
void shift_image(const struct dataset_info *info, const void *from, int x, int y, void *to);

#endif
