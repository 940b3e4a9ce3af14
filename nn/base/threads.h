#ifndef NN_THREADS_H
#define NN_THREADS_H

#include "nn/nn.h"

/* Work on item `item`, done by thread number `thread` of the pool. */
typedef void item_function(void *argument, int item, int thread);

/* Runs function(argument, i, thread) for i = 0..items-1 on the pool's threads and the caller's,
 * which is thread 0; items are claimed as threads become free. Returns when all are done. Subnormal
 * numbers are flushed to zero meanwhile. */
void pool_run(struct nn_pool *pool, item_function *function, void *argument, int items);

#endif
