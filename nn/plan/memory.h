#ifndef NN_PLAN_MEMORY_H
#define NN_PLAN_MEMORY_H

#include "plan.h"

/* The part of plan_init() that comes when the steps are known: buffers for what passes between
 * them, one block of memory for all, and each node's place in it. Returns -1 when out of memory. */
int plan_memory_init(struct plan *plan, const struct nn_network *net,
                     const struct nn_weights *weights, int rows, bool training);
void plan_memory_free(struct plan *plan);

#endif
