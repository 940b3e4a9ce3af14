/* A sum of two branches with the rectifier after it. Same results as the two one by one, bit for
 * bit. */
#include "fused.h"
#include "nn/layers/layers_on_device.h"

static void forward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct grid *out = &group->last->out;

    (void)pass;
    EACH_ROW (shard, *out, i, y)
        kernels->add_relu(grid_row(&group->in, i, y), grid_row(&group->side, i, y),
                          (ptrdiff_t)out->w * out->c, grid_row(out, i, y));
}

static void rectify_back(const struct node *group, const struct grid *to, const struct shard *shard)
{
    const struct grid *out = &group->last->out;

    EACH_ROW (shard, *out, i, y)
        kernels->relu_back(grid_row(&group->last->dout, i, y), grid_row(out, i, y),
                           (ptrdiff_t)out->w * out->c, grid_row(to, i, y));
}

static void backward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct grid *to = group->din.at ? &group->din : &group->dside;

    (void)pass;
    rectify_back(group, to, shard);
    grid_copy(to, &group->dside, shard);
}

static void device_forward(const struct node *group, const struct pass *pass)
{
    elementwise_on_device(pass, ADD_RECTIFY, &group->in, &group->side, &group->last->out, 0);
}

static void device_backward(const struct node *group, const struct pass *pass)
{
    const struct grid *to = group->din.at ? &group->din : &group->dside;

    elementwise_on_device(pass, RECTIFY_BACK, &group->last->dout, &group->last->out, to, 0);
    elementwise_on_device(pass, COPY, to, NULL, &group->dside, 0);
}

const struct layer_ops fused_add = {
    .in_place = true,
    .keeps_output = true,
    .over_input = true,
    .forward = forward,
    .backward = backward,
    .device_forward = device_forward,
    .device_backward = device_backward,
};
