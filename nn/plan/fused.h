#ifndef NN_STEP_H
#define NN_STEP_H

#include "nn/layers/batchnorm.h"
#include "nn/layers/pool_window.h"

/* What the steps share: several layers done in one go, of which only the last one's output is
 * stored. In the layers' order, at least one of the middle two, the others where they are:
 *
 *     [matrix] [rectify] [normalize] [rectify] [largest]
 *
 * A matrix layer is here in training if its input needs no gradient: that of its output then goes
 * into the weights' gradient at once, some rows at a time (a band), and is never stored. Its output
 * is needed two to four times with a normalization: it is kept, or computed again each time where
 * that is cheap. */

struct parts {
    const struct node *matrix, *norm, *largest; /* NULL: none */
    struct shape shape;                         /* of what the first rectifier or the rest reads */
    struct window window;                       /* 1x1 without `largest` */
    real before, after;                         /* the rectifiers' floors, or -INFINITY */
};

/* Some rows of a picture: whole windows, and at the end of the picture what is left. */
struct band {
    int picture, y;
    struct grid x, dx; /* of those rows alone; dx on the way back only */
};

/* A step at work on a shard. */
struct work {
    const struct node *step;
    const struct shard *shard;
    struct parts parts;
    struct norm norm; /* mean NULL without a normalization; its floors in any case */
    bool stored;      /* the matrix layer's output, by step_sums() */
};

struct work step_begin(const struct node *step, const struct pass *pass, const struct shard *shard);

typedef void band_function(const struct work *, const struct band *);
/* Calls for each band of the shard, on the way back until its gradient is written. */
void step_forward(const struct work *work, band_function *function);
void step_backward(const struct work *work, band_function *function);

/* Bytes at the beginning of a shard's node->kept that bands need. */
size_t step_band_bytes(const struct node *step, bool training);

/* The normalization's part. */
void step_sums(const struct node *step, const struct pass *pass, const struct shard *shard);
void step_forward_sync(const struct node *step, const struct pass *pass, int shards);
void step_backward_sync(const struct node *step, const struct pass *pass, int shards);

/* Without a normalization; with one; without `largest`. */
extern const struct layer_type step_largest, step_normalize_largest, step_normalize;

#endif
