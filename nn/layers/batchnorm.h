#ifndef NN_BATCHNORM_H
#define NN_BATCHNORM_H

#include "layer.h"

/* Batch normalization's sums and statistics, shared with the fused groups that contain it. */

/* Two sums per channel over a shard, for forward_sync and backward_sync. */
struct sums {
    double *first, *second;
};
struct sums batchnorm_sums(const struct node *node, int shard);
/* Zeros them at the beginning of a shard. */
void batchnorm_begin_sums(const struct node *node, const struct shard *shard);

/* Tells whether it normalizes by the batch: in training, unless it is frozen. */
static inline bool batchnorm_by_batch(const struct node *node, const struct pass *pass)
{
    return pass->training && !node->frozen;
}

/* Returns the normalization, without floors: the batch's, valid from forward_sync on (a, b and c
 * from backward_sync), or else from the running statistics, in the shard's scratch. */
struct norm batchnorm_norm(const struct node *node, const struct pass *pass,
                           const struct shard *shard);

/* ---- On a device: batchnorm_on_device.c ---- */

/* Bytes of its scratch there for each picture. */
size_t batchnorm_bytes_on_device(const struct layer *layer);
/* Do what a group does that has a normalization or windows or both, with its rectifiers: `norm` or
 * `maxpool` NULL where it has none. */
struct norm_group {
    const struct node *first, *last, *norm, *maxpool;
    real before, after;
};
void batchnorm_forward_on_device(const struct norm_group *group, const struct pass *pass);
void batchnorm_backward_on_device(const struct norm_group *group, const struct pass *pass);

void batchnorm_forward_sync(const struct node *node, const struct pass *pass, int shards);
void batchnorm_backward_sync(const struct node *node, const struct pass *pass, int shards);

#endif
