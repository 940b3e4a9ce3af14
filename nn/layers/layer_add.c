/* Ends a block: y = a + b, a the output of the layer before, b that of the layer before `shortcut`,
 * or without one of `residual`. Both have the gradient of the sum. */
#include "layers_on_device.h"

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    EACH_ROW (shard, node->in, i, y)
        kernels->add(grid_row(&node->in, i, y), grid_row(&node->side, i, y),
                     (ptrdiff_t)node->in.w * node->in.c, grid_row(&node->out, i, y));
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    grid_copy(&node->dout, &node->din, shard);
    grid_copy(&node->dout, &node->dside, shard);
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, ADD, &node->in, &node->side, &node->out, 0);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, COPY, &node->dout, NULL, &node->din, 0);
    elementwise_on_device(pass, COPY, &node->dout, NULL, &node->dside, 0);
}

const struct layer_type layer_add = {
    .name = "add",
    .usage = "add",
    .example = "residual, avgpool 3 stride 1 pad 1, add, relu",
    .role = ROLE_SUM,
    .ops =
        {
            .in_place = true,
            .over_input = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
