#ifndef NN_FUSED_H
#define NN_FUSED_H

#include "nn/layers/batchnorm.h"
#include "nn/layers/pool_window.h"

/* Fused groups: several layers done in one go, of which only the last one's output is
 * stored. In the layers' order, at least one of the middle two, the others where they are:
 *
 *     [matrix] [rectify] [normalize] [rectify] [maxpool]
 *
 * A matrix layer is in a group in training if its input needs no gradient: the gradient of its
 * output then goes into the weights' gradient at once, a band of rows at a time, and is never
 * stored. With a normalization its output is needed two to four times: it is kept, or computed
 * again each time where that is cheap. */

/* The layers of a group. */
struct members {
    const struct node *matrix, *norm, *maxpool; /* NULL: none */
    struct shape shape;                         /* input of what follows the matrix layer */
    int window_rows;                            /* 1 without `maxpool` */
    real before, after; /* floors of the rectifiers around the normalization, or -INFINITY */
};

/* Some rows of a picture: whole windows, and at the end of the picture what is left. */
struct band {
    int picture, y;
    struct grid x, dx; /* of these rows alone; dx in backward only */
};

/* A group at work on a shard. */
struct work {
    const struct node *group; /* its first node */
    const struct shard *shard;
    struct members members;
    struct norm norm; /* mean NULL without a normalization; its floors in any case */
    bool stored;      /* the matrix layer's output is kept, from fused_sums() on */
};

struct work fused_begin(const struct node *group, const struct pass *pass,
                        const struct shard *shard);

typedef void band_function(const struct work *, const struct band *);
/* Calls `function` for each band of the shard, with its x computed. */
void fused_forward(const struct work *work, band_function *function);
/* Calls `function`, which writes the band's dx, and passes that on to the matrix layer. */
void fused_backward(const struct work *work, band_function *function);

/* Returns the bytes that bands need at the beginning of a shard's node->kept. */
size_t fused_band_bytes(const struct node *group, bool training);

/* Tells whether a group with a normalization does that by the batch. */
bool fused_by_batch(const struct node *group, const struct pass *pass);

/* Functions of struct layer_ops for groups with a normalization; fused_sums() is the forward one.
 */
void fused_sums(const struct node *group, const struct pass *pass, const struct shard *shard);
void fused_forward_sync(const struct node *group, const struct pass *pass, int shards);
void fused_backward_sync(const struct node *group, const struct pass *pass, int shards);
/* And on a device, with a normalization or without. */
void fused_device_forward(const struct node *group, const struct pass *pass);
void fused_device_backward(const struct node *group, const struct pass *pass);

/* The fused forms: no normalization; both; no pooling. And of a sum with a rectifier. */
extern const struct layer_ops fused_maxpool, fused_batchnorm_maxpool, fused_batchnorm, fused_add;

#endif
