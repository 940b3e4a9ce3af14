/* A picture becomes a vector. Where the picture's memory has no border, the planner makes the
 * vector the same memory and nothing moves. */
#include "layers_on_device.h"

static int setup(struct layer *layer, struct nn_error *error)
{
    const struct shape in = layer->in;

    (void)error;
    layer->out = in.area ? in : (struct shape){shape_size(in), 1, 1, in.h * in.w};
    return 0;
}

/* Copies the picture's rows one after another; backward() copies them back. */
static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const size_t row = (size_t)node->in.w * (size_t)node->in.c;

    (void)pass;
    if (node->in.at == node->out.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        memcpy(grid_row(&node->out, i, 0) + (size_t)y * row, grid_row(&node->in, i, y),
               row * sizeof(real));
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const size_t row = (size_t)node->in.w * (size_t)node->in.c;

    (void)pass;
    if (!node->din.at || node->din.at == node->dout.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        memcpy(grid_row(&node->din, i, y), grid_row(&node->dout, i, 0) + (size_t)y * row,
               row * sizeof(real));
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, COPY, &node->in, NULL, &node->out, 0);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    elementwise_on_device(pass, COPY, &node->dout, NULL, &node->din, 0);
}

const struct layer_type layer_flatten = {
    .name = "flatten",
    .usage = "flatten",
    .example = "flatten",
    .role = ROLE_SHAPE,
    .setup = setup,
    .ops =
        {
            .in_place = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
