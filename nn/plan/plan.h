#ifndef NN_PLAN_H
#define NN_PLAN_H

#include "nn/network/network.h"

/* The order of work and the memory for it, worked out once from the layers' roles. */

/* One or several neighbouring layers that are done in one go. */
struct step {
    struct node *node;             /* the first */
    const struct layer_type *type; /* whose functions run it: the layer's, unless merged */
};
bool step_has_parameters(const struct step *step);

/* Memory of one or several steps' outputs, or of their gradients, or of both. */
struct buffer {
    int c, h, w, border;
    size_t picture; /* numbers */
    size_t at;      /* offset in the plan's memory, in numbers */
};

struct buffers {
    struct buffer *list;
    int count;
    /* [steps] in which buffer a step's output lies, and the gradient of it; -1: in none */
    int *output, *gradient;
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
    struct buffers buffers;
    int rows, threads;   /* that there is memory for */
    size_t thread_bytes; /* scratch of each thread */
    struct phase *phase;
    int phases;
    int merges; /* the first so many phases: up to the last whose sync merges statistics */
    struct call *calls;
    struct block *update, *refresh;
    int updates, refreshes;
    real *gradients, *derived; /* as the network counts its parameters and derived numbers */
    char *thread_scratch;
    void *memory;
    size_t bytes;
};

/* Memory for `rows` pictures (a multiple of SHARD) at a time, worked on by so many threads; for
 * training with gradients, else for prediction alone. The derived numbers are still to be made.
 * Returns -1 when out of memory. */
int plan_init(struct plan *plan, const struct nn_network *net, const struct nn_weights *weights,
              int rows, int threads, bool training);
/* Has it work with other weights of the same network; the derived numbers are still to be made. */
void plan_connect_weights(struct plan *plan, const struct nn_weights *weights);
/* Runs the first `phases` phases on a batch. */
void plan_run(const struct plan *plan, int phases, const struct pass *pass, struct nn_pool *pool);
/* Makes the derived numbers from the weights. */
void plan_refresh(struct plan *plan, struct nn_pool *pool);
void plan_free(struct plan *plan);
/* For nn_trainer_plan(), which adds what is the trainer's. */
struct nn_plan *plan_describe(const struct plan *plan, const struct nn_network *net);

#endif
