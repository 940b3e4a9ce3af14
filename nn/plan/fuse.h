#ifndef NN_FUSE_H
#define NN_FUSE_H

#include "nn/network/network.h"

/* Groups of neighbouring layers that run in one go. */

struct group {
    struct node *first;          /* first->last is the last one */
    const struct layer_ops *ops; /* the layer's own if it is alone, else a fused form */
    int before;                  /* the group whose output is its input */
    int side;                    /* the group of its first layer's `side`; 0: none */
};

struct groups {
    struct node *node; /* [nodes] the network's layers in order, both ends included */
    int nodes;
    struct group *group; /* [count] */
    int count;
};

/* Makes the nodes, still without memory, the first `frozen` layers frozen, and groups them, matrix
 * layers only where `bands` of rows are worked on. Returns -1 when out of memory. */
int groups_init(struct groups *groups, const struct nn_network *net, bool training, int frozen,
                bool bands);
void groups_free(struct groups *groups);
/* Tells whether any of its parameters is trained. */
bool group_learns(const struct group *group);

#endif
