#ifndef NN_AUGMENT_H
#define NN_AUGMENT_H

#include "nn/kernels/kernels.h"

/* What was drawn for one picture. */
struct change {
    double shift[2], degrees, shear, scale[2]; /* along, down */
    bool flip[2];
    int erase, middle[2]; /* of what is erased */
};
void augment_draw(const struct nn_augment *augment, struct nn_shape shape,
                  const struct nn_random *random, int64_t row, struct change *change);
/* Sets warp's map, for its shape. */
void augment_map(const struct change *change, struct warp *warp);
/* As nn_augment_picture(), with the change given; the bend is drawn. */
const void *augment_apply(const struct nn_augmenter *augmenter, int slot,
                          const struct change *change, const struct nn_random *random, int64_t row,
                          const void *pixels, bool u8);

#endif
