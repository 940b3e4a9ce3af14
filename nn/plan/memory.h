#ifndef NN_PLAN_MEMORY_H
#define NN_PLAN_MEMORY_H

#include "fuse.h"

/* One block of memory for all that passes between groups of layers, their scratch, the gradients of
 * the parameters and the numbers derived from them. */
struct memory {
    void *block;
    size_t bytes;
    bool on_device; /* what points into the block stands for its twin */
};

/* Allocates the block, unless *memory says that it is on a device, and sets each node's pointers
 * into it, for `rows` pictures (a multiple of SHARD) at a time on so many threads; gradients in
 * training only. Those to the parameters and statistics are still to be set. Returns -1 when out of
 * memory. */
int memory_init(struct memory *memory, const struct groups *groups, const struct nn_network *net,
                int rows, int threads, bool training);
void memory_free(struct memory *memory);
/* Returns the bytes that the block would have, without taking them; 0: out of memory. */
size_t memory_needed(const struct groups *groups, const struct nn_network *net, int rows,
                     int threads, bool training);

#endif
