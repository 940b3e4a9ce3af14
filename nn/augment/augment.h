#ifndef NN_AUGMENT_H
#define NN_AUGMENT_H

#include "nn/kernels/kernels.h"

/* The changes drawn for one picture. */
struct change {
    double shift[2], degrees, shear, scale[2]; /* [along, down] */
    bool flip[2];
    double thickness;
    int erase, middle[2];    /* of the erased square: side and middle */
    int corner[2], sides[2]; /* [along, down] of the erased rectangle; sides 0: none */
};
void augment_draw(const struct nn_augment *augment, struct nn_shape shape,
                  const struct nn_random *random, int64_t row, struct change *change);
/* Returns what an augmenter does, and its background [c]. */
const struct nn_augment *augmenter_changes(const struct nn_augmenter *augmenter);
/* Does what nn_augment_picture() does with a given change; the bend is drawn. */
const void *augment_apply(const struct nn_augmenter *augmenter, int slot,
                          const struct change *change, const struct nn_random *random, int64_t row,
                          const void *pixels, bool u8);

#endif
