#ifndef NN_ESTIMATE_H
#define NN_ESTIMATE_H

#include "nn/plan/plan.h"

/* Statistics of batch normalization for weights that it never ran with, such as averaged ones:
 * plain means over some batches of training rows, as Izmailov et al. 2018 ("Averaging weights leads
 * to wider optima and better generalization", section 3.2) and PyTorch's update_bn have them. */

struct estimate {
    int64_t *order; /* [batches][rows] which rows of the data, the same each time */
    int batches, rows;
};

/* Takes the first rows of order[n], all rows of the data in random order, for batches of `batch`
 * rows. Returns -1 when out of memory. */
int estimate_init(struct estimate *estimate, const int64_t *order, int64_t n, int batch);
void estimate_free(struct estimate *estimate);
size_t estimate_bytes_for(int64_t n, int batch); /* as after estimate_init() */
size_t estimate_bytes(const struct estimate *estimate);

/* Sets the statistics of `weights` by running a trainer's plan, which stays connected to these
 * weights and their derived numbers. *pass has the data and how pixels become numbers. */
void estimate_statistics(const struct estimate *estimate, struct plan *plan,
                         struct nn_weights *weights, const struct pass *pass, struct nn_pool *pool);

#endif
