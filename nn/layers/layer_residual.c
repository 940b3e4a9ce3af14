/* Begins a block of which two branches are added up, as in residual networks (He, Zhang, Ren and
 * Sun, "Deep residual learning for image recognition", 2015): the output is the input, in the same
 * memory. Its gradient is the sum of what the two branches make of theirs: first that of the
 * layers after it, then the other's. */
#include "layers_on_device.h"

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (!node->din.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        kernels->add(grid_row(&node->dout, i, y), grid_row(&node->dside, i, y),
                     (ptrdiff_t)node->in.w * node->in.c, grid_row(&node->din, i, y));
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, ADD, &node->dout, &node->dside, &node->din, 0);
}

const struct layer_type layer_residual = {
    .name = "residual",
    .usage = "residual",
    .example = "residual, batchnorm, add",
    .role = ROLE_RESIDUAL,
    .ops = {.backward = backward, .device_backward = device_backward},
};
