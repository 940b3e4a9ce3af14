#ifndef NN_BLOCKS_H
#define NN_BLOCKS_H

#include "network.h"

/* Blocks of two branches that are added up: `residual`, the layers of its body, perhaps `shortcut`
 * and the layers of that, `add`. Branches may hold blocks. */
enum { MAX_NEST = 4 };

/* Checks that blocks begin and end, and that none of their branches is without layers. Returns -1
 * with a sentence. */
int blocks_check(const struct nn_network *net, struct nn_error *error);
/* Sets each layer's `side`; the blocks are such as blocks_check() passes, but perhaps without
 * layers. */
void blocks_connect(struct nn_network *net);
/* Returns the layer whose output is a layer's input; there is one but for the network's first. */
const struct layer *layer_before(const struct nn_network *net, const struct layer *layer);
/* Checks that the branches which `add` adds up are of one shape. Returns -1 with a sentence. */
int blocks_check_sum(const struct nn_network *net, const struct layer *add, struct nn_error *error);
/* Counts the blocks that a layer is in; those that begin or end with it do not count. */
int layer_depth(const struct nn_network *net, const struct layer *layer);
/* Writes a layer's name in PyTorch's dictionaries of weights: its place in an nn.Sequential, where
 * a block is one module with the modules `body` and `shortcut`: "3.body.0". */
enum { PATH_TEXT = 64 };
void layer_path(const struct nn_network *net, const struct layer *layer, char text[PATH_TEXT]);

#endif
