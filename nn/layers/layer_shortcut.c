/* Begins the other branch of a block: the output is what its `residual` put out, in the same
 * memory. Its gradient is picked up by that layer. */
#include "layer.h"

const struct layer_type layer_shortcut = {
    .name = "shortcut",
    .usage = "shortcut",
    .example = "residual, conv 4 3x3 pad 1, relu, shortcut, conv 4 1x1, add",
    .role = ROLE_SHORTCUT,
};
