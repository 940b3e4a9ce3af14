/* Mean over the whole picture, one number per channel: as PyTorch's AdaptiveAvgPool2d(1). */
#include "layers_on_device.h"

#include <stdio.h>

static int setup(struct layer *layer, struct nn_error *error)
{
    if (layer->in.area) {
        snprintf(error->text, sizeof error->text,
                 "layer %d, 'globalpool': its input is not a picture", layer->number);
        return -1;
    }
    layer->out = (struct shape){layer->in.c, 1, 1, 0};
    return 0;
}

static real factor(const struct node *node)
{
    return (real)(1.0 / (node->in.h * node->in.w));
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;

    (void)pass;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        real *out = grid_row(&node->out, i, 0);

        for (int k = 0; k < c; k++)
            out[k] = 0;
        for (int y = 0; y < node->in.h; y++) {
            const real *in = grid_row(&node->in, i, y);

            for (int x = 0; x < node->in.w; x++)
                for (int k = 0; k < c; k++)
                    out[k] += in[x * c + k];
        }
        for (int k = 0; k < c; k++)
            out[k] *= factor(node);
    }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;

    (void)pass;
    if (!node->din.at)
        return;
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        const real *dout = grid_row(&node->dout, i, 0);

        for (int y = 0; y < node->in.h; y++) {
            real *din = grid_row(&node->din, i, y);

            for (int x = 0; x < node->in.w; x++)
                for (int k = 0; k < c; k++)
                    din[x * c + k] = dout[k] * factor(node);
        }
    }
}

/* Describes the whole picture as a window. */
static struct pool whole(const struct node *node, const struct pass *pass)
{
    struct pool pool = pool_on_device(node, pass, factor(node));

    pool.kh = pool.stride_y = node->in.h;
    pool.kw = pool.stride_x = node->in.w;
    pool.whole = true;
    return pool;
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = whole(node, pass);

    DEVICE_RUN(pass->device->memory, "pool_average", numbers_on_device(pass, &node->out), &pool);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = whole(node, pass);

    pool_back_on_device(node, pass, &pool);
}

const struct layer_type layer_globalpool = {
    .name = "globalpool",
    .usage = "globalpool",
    .example = "globalpool",
    .role = ROLE_POOL,
    .setup = setup,
    .ops =
        {
            .over_input = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
