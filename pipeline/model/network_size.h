#ifndef PIPELINE_NETWORK_SIZE_H
#define PIPELINE_NETWORK_SIZE_H

#include "nn/nn.h"
#include "pipeline/base/err.h"

/* Fails with EX_USAGE if pictures of `shape` are too small for a network; the sentence says the size
 * that it needs and the presets that take these. `what` names the network ("--arch lenet5"). 0 if it
 * takes them, or if something else is wrong with it. */
MUST_CHECK int network_check_size(const char *what, const char *description, struct nn_shape shape,
                                  int classes, struct err *err);

#endif
