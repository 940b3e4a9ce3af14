/* Maximum over windows, the first of equal values counts, padding never wins: as PyTorch's
 * MaxPool2d. */
#include "layers_on_device.h"
#include "pool_window.h"

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];
    struct taps taps;

    (void)pass;
    EACH_ROW (shard, node->out, i, y)
        for (int x = 0; x < node->out.w; x += taps.windows) {
            taps = window_taps(node, y, x);
            kernels->maxpool(grid_row(&node->in, i, taps.y) + taps.x * c, offset,
                             taps_offsets(&taps, &node->in, offset), taps.windows, taps.stride, c,
                             grid_row(&node->out, i, y) + x * c);
        }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW], offset_din[MAX_WINDOW * MAX_WINDOW];
    struct taps taps;

    (void)pass;
    if (!node->din.at)
        return;
    grid_clear(&node->din, shard);
    EACH_ROW (shard, node->out, i, y)
        for (int x = 0; x < node->out.w; x += taps.windows) {
            taps = window_taps(node, y, x);
            (void)taps_offsets(&taps, &node->din, offset_din);
            kernels->maxpool_back(grid_row(&node->dout, i, y) + x * c,
                                  grid_row(&node->in, i, taps.y) + taps.x * c, offset, offset_din,
                                  taps_offsets(&taps, &node->in, offset), taps.windows, taps.stride,
                                  c, grid_row(&node->din, i, taps.y) + taps.x * c);
        }
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = pool_on_device(node, pass, 0);

    DEVICE_RUN(pass->device->memory, "pool_max", numbers_on_device(pass, &node->out), &pool);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct pool pool = pool_on_device(node, pass, 0);

    pool_back_on_device(node, pass, &pool);
}

const struct layer_type layer_maxpool = {
    .name = "maxpool",
    .usage = "maxpool K [stride S] [pad P]",
    .example = "maxpool 3 stride 2 pad 1",
    .role = ROLE_MAXPOOL,
    .parse = window_parse,
    .setup = window_setup,
    .describe = window_describe,
    .ops =
        {
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
