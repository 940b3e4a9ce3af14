#ifndef CMD_FIT_THREADS_H
#define CMD_FIT_THREADS_H

#include "nn/nn.h"
#include "pipeline/chain/all_fits.h"

/* Threads that a training may use besides its own: of processors that the other fits of one make,
 * or the other members of one command, leave. `fits`: NULL if make has no other to do, or there is
 * no make. */

/* Returns the most that it may come to use. No other's where addresses are limited (ulimit -v),
 * which the memory of all threads takes from the start. */
int fit_threads_most(const struct all_fits *fits);
/* Has the pool, of the most threads, use what others leave now, and no more. */
void fit_threads_take(struct nn_pool *pool, struct all_fits *fits);

#endif
