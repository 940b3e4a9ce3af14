#include "layer.h"

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    EACH_ROW (shard, node->in, i, y)
        kernels->relu(grid_row(&node->in, i, y), (ptrdiff_t)node->in.w * node->in.c,
                      grid_row(&node->out, i, y));
}

/* The gradient at 0 is 0, as in PyTorch. */
static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    (void)pass;
    if (!node->din.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        kernels->relu_back(grid_row(&node->dout, i, y), grid_row(&node->out, i, y),
                           (ptrdiff_t)node->in.w * node->in.c, grid_row(&node->din, i, y));
}

const struct layer_type layer_relu = {
    .name = "relu",
    .usage = "relu",
    .example = "relu",
    .role = ROLE_RECTIFY,
    .ops = {.in_place = true, .keeps_output = true, .forward = forward, .backward = backward},
};
