/* Mean over windows, padding counted as zeros: as PyTorch's AvgPool2d. */
#include "layers_on_device.h"
#include "pool_window.h"

static real factor(const struct node *node)
{
    const struct window *window = &node->layer->window;

    return (real)(1.0 / (window->kh * window->kw));
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];
    struct taps taps;

    (void)pass;
    EACH_ROW (shard, node->out, i, y)
        for (int x = 0; x < node->out.w; x += taps.windows) {
            taps = window_taps(node, y, x);
            kernels->avgpool(grid_row(&node->in, i, taps.y) + taps.x * c, offset,
                             taps_offsets(&taps, &node->in, offset), taps.windows, taps.stride,
                             factor(node), c, grid_row(&node->out, i, y) + x * c);
        }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];
    struct taps taps;

    (void)pass;
    if (!node->din.at)
        return;
    grid_clear(&node->din, shard);
    EACH_ROW (shard, node->out, i, y)
        for (int x = 0; x < node->out.w; x += taps.windows) {
            taps = window_taps(node, y, x);
            kernels->avgpool_back(grid_row(&node->dout, i, y) + x * c, offset,
                                  taps_offsets(&taps, &node->din, offset), taps.windows,
                                  taps.stride, factor(node), c,
                                  grid_row(&node->din, i, taps.y) + taps.x * c);
        }
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = pool_on_device(node, pass, factor(node));

    DEVICE_RUN(pass->device->memory, "pool_average", numbers_on_device(pass, &node->out), &pool);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = pool_on_device(node, pass, factor(node));

    pool_back_on_device(node, pass, &pool);
}

const struct layer_type layer_avgpool = {
    .name = "avgpool",
    .usage = "avgpool K [stride S] [pad P]",
    .example = "avgpool 3 stride 2 pad 1",
    .role = ROLE_POOL,
    .parse = window_parse,
    .setup = window_setup,
    .describe = window_describe,
    .ops =
        {
            .over_input = true,
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
