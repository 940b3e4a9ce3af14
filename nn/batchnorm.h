#ifndef NN_BATCHNORM_H
#define NN_BATCHNORM_H

#include "layer.h"

/* What batch normalization shares with the step that does it together with its neighbours. */

/* Scratch of a shard: two sums per channel. */
struct sums {
    double *first, *second;
};

/* Scratch of the batch, [c] each. */
struct moments {
    real *mean, *scale, *shift; /* y = (x - mean) * scale + shift */
    real *a, *b, *c;            /* dx = a dy + b (x - mean) + c */
    double *deviation;          /* 1 / sqrt(variance + epsilon) */
};

/* A shard's sums, zeroed. */
struct sums batchnorm_sums(const struct node *node, int shard);
struct moments batchnorm_moments(const struct node *node, void *scratch);
/* In prediction: mean, scale and shift from the running statistics, in the shard's scratch. */
struct moments batchnorm_running(const struct node *node, const struct shard *shard);

/* The statistics' part of the table, see layer.h. */
void batchnorm_forward(const struct node *node, const struct pass *pass, const struct shard *shard);
void batchnorm_forward_sync(const struct node *node, const struct pass *pass, int shards);
void batchnorm_backward_sync(const struct node *node, const struct pass *pass, int shards);
void batchnorm_weight_grad(const struct node *node, const struct pass *pass, int block,
                           size_t *begin, size_t *end);

#endif
