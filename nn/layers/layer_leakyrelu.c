/* Leaky rectifier: y = x > 0 ? x : slope x, as PyTorch's LeakyReLU. */
#include "layers_on_device.h"
#include "nn/base/words.h"

#include <stdio.h>

struct leaky {
    double slope; /* of numbers below zero */
};

static int parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct leaky *own = layer->own;

    own->slope = 0.01; /* PyTorch's default */
    return words_real(words, 1e-6, 0.99, &own->slope, error) < 0 ? -1 : 0;
}

static void describe(const struct layer *layer, char *text, size_t size)
{
    const struct leaky *own = layer->own;

    snprintf(text, size, "leakyrelu %g", own->slope);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct leaky *own = node->layer->own;

    (void)pass;
    EACH_ROW (shard, node->in, i, y)
        kernels->leaky_relu(grid_row(&node->in, i, y), (real)own->slope,
                            (ptrdiff_t)node->in.w * node->in.c, grid_row(&node->out, i, y));
}

/* Reads the output, whose sign is the input's, so that the input may be overwritten. */
static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct leaky *own = node->layer->own;

    (void)pass;
    if (!node->din.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        kernels->leaky_relu_back(grid_row(&node->dout, i, y), grid_row(&node->out, i, y),
                                 (real)own->slope, (ptrdiff_t)node->in.w * node->in.c,
                                 grid_row(&node->din, i, y));
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct leaky *own = node->layer->own;

    elementwise_on_device(pass, LEAKY, &node->in, NULL, &node->out, (real)own->slope);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct leaky *own = node->layer->own;

    elementwise_on_device(pass, LEAKY_BACK, &node->dout, &node->out, &node->din, (real)own->slope);
}

const struct layer_type layer_leakyrelu = {
    .name = "leakyrelu",
    .usage = "leakyrelu [SLOPE]",
    .example = "leakyrelu 0.1",
    .role = ROLE_ELEMENTWISE,
    .own_size = sizeof(struct leaky),
    .parse = parse,
    .describe = describe,
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
