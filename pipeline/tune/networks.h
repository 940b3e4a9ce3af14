#ifndef PIPELINE_TUNE_NETWORKS_H
#define PIPELINE_TUNE_NETWORKS_H

#include "nn/nn.h"
#include "pipeline/chain/words.h"

#include <stdint.h>

/* Networks and augmentation for pictures of any size, by their shape alone. */

enum { NETWORK_SIZES = 5 };

/* Returns the description of a network for such pictures, `size` from 0, the smallest, on. Pictures
 * of 4x4 pixels and more get convolutions: one and a pool, then two of twice the channels (of the
 * smallest size one), and so on with a pool in between while that leaves 4 pixels; of sides above
 * 64 the first has stride 2. Smaller ones, and those of one line, get two linear layers. */
const char *network_for(struct nn_shape shape, int size, struct pool *pool);
/* Returns a value for --augment that leaves letters and digits what they are: shifts by a
 * fourteenth of the side, small turns and scales; "" for pictures below 12 pixels. */
const char *augment_for(struct nn_shape shape, struct pool *pool);
/* Returns for so many rows the least epochs in which a network is trained, and the most that are of
 * use: about 3,000 batches of 64 and eight times as many, 8 epochs at least, 300 at most. */
int epochs_least(int64_t rows);
int epochs_most(int64_t rows);

#endif
