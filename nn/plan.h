#ifndef NN_PLAN_H
#define NN_PLAN_H

#include "network.h"

/* The order of work and the memory for it, worked out once from the layers' roles. */

/* One or several neighbouring layers that are done in one go. */
struct step {
    struct node *node;             /* the first */
    const struct layer_type *type; /* whose functions run it: the layer's, unless merged */
};

struct call {
    shard_function *run;
    const struct node *node;
};

/* What a thread does with a shard without waiting for the others; then `sync`, by one thread, when
 * all shards are done (NULL: nothing to merge). */
struct phase {
    struct call *call;
    int calls;
    sync_function *sync;
    const struct node *sync_node;
};

/* A piece of the parameters, for the update or for what is derived from them. */
struct block {
    const struct node *node;
    int number;
};

struct plan {
    struct node *node; /* the network's layers in order, the two ends included */
    int nodes;
    struct step *step;
    int steps;
    struct phase *phase;
    int phases;
    struct call *calls;
    struct block *update, *refresh; /* training only */
    int updates, refreshes;
    real *gradients, *derived; /* as the network counts its parameters and derived numbers */
    void *memory;
    size_t bytes;
};

/* Memory for `rows` pictures (a multiple of SHARD) at a time; for training with gradients, else for
 * prediction alone. Returns -1 when out of memory. */
int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, bool training);
void plan_free(struct plan *plan);

#endif
