#ifndef NN_PLAN_H
#define NN_PLAN_H

#include "memory.h"

/* The order of work on a batch, and the memory for it, worked out once from the layers' roles. */

struct call {
    shard_function *run;
    const struct node *node;
};

/* The calls of a thread for a shard between two waits for the other threads; then `sync`, by one
 * thread, when all shards are done (NULL: nothing to merge). */
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
    struct groups groups;
    struct memory memory;
    struct phase *phase;
    int phases;
    int merges;         /* phases up to the last one whose sync merges forward statistics */
    struct call *calls; /* of all phases */
    struct block *update, *refresh;
    int updates, refreshes;
    const struct device_data *device; /* NULL: this processor */
};

/* Plans batches of at most `rows` pictures (a multiple of SHARD) on so many threads, for training,
 * the first `frozen` layers but for their forward, or for prediction alone. plan_refresh() is due
 * before the first run. With a device, not NULL, its memory there is reserved. Returns -1 when out
 * of memory.
 */
int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, int threads, bool training, int frozen, const struct device_data *device);
void plan_free(struct plan *plan);
/* Makes the plan work with other weights of the same network; plan_refresh() is due after it. */
void plan_connect_weights(struct plan *plan, const struct nn_weights *weights);
/* Makes the derived numbers from the weights. */
void plan_refresh(struct plan *plan, struct nn_pool *pool);
/* Runs the first `phases` phases on a batch. */
void plan_run(const struct plan *plan, int phases, const struct pass *pass, struct nn_pool *pool);

#endif
