/* Rectifier: y = max(x, 0), as PyTorch's ReLU. */
#include "layers_on_device.h"

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    EACH_ROW (shard, node->in, i, y)
        kernels->relu(grid_row(&node->in, i, y), (ptrdiff_t)node->in.w * node->in.c,
                      grid_row(&node->out, i, y));
}

/* Passes the gradient where y > 0; at 0 it is 0, as in PyTorch. */
static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (!node->din.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        kernels->relu_back(grid_row(&node->dout, i, y), grid_row(&node->out, i, y),
                           (ptrdiff_t)node->in.w * node->in.c, grid_row(&node->din, i, y));
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, RECTIFY, &node->in, NULL, &node->out, 0);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, RECTIFY_BACK, &node->dout, &node->out, &node->din, 0);
}

const struct layer_type layer_relu = {
    .name = "relu",
    .usage = "relu",
    .example = "relu",
    .role = ROLE_RECTIFY,
    .ops =
        {
            .in_place = true,
            .keeps_output = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
