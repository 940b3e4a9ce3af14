/* Batch normalization with a rectifier before or after it or both, perhaps after a matrix layer:
 * only the last layer's output is written. Same results as the layers one by one, bit for bit. */
#include "fused.h"

static void normalize(const struct work *work, const struct band *band)
{
    for (int y = 0; y < band->x.h; y++)
        kernels->normalize(&work->norm, grid_row(&band->x, 0, y), band->x.w, band->x.c,
                           grid_row(&work->group->last->out, band->picture, band->y + y));
}

static void forward_apply(const struct node *group, const struct pass *pass,
                          const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);

    fused_forward(&work, normalize);
}

static void forward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    if (fused_by_batch(group, pass))
        fused_sums(group, pass, shard);
    else
        forward_apply(group, pass, shard);
}

static const real *dy_row(const struct work *work, const struct band *band, int y)
{
    return grid_row(&work->group->last->dout, band->picture, band->y + y);
}

static void add_sums(const struct work *work, const struct band *band)
{
    const struct sums sums = batchnorm_sums(work->members.norm, work->shard->number);

    for (int y = 0; y < band->x.h; y++)
        kernels->normalize_sums(&work->norm, dy_row(work, band, y), grid_row(&band->x, 0, y),
                                band->x.w, band->x.c, sums.first, sums.second);
}

static void backward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);

    batchnorm_begin_sums(work.members.norm, shard);
    fused_forward(&work, add_sums);
}

static void gradient(const struct work *work, const struct band *band)
{
    for (int y = 0; y < band->x.h; y++)
        kernels->normalize_back(&work->norm, dy_row(work, band, y), grid_row(&band->x, 0, y),
                                band->x.w, band->x.c, grid_row(&band->dx, 0, y));
}

static void backward_apply(const struct node *group, const struct pass *pass,
                           const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);

    fused_backward(&work, gradient);
}

const struct layer_ops fused_batchnorm = {
    .over_input = true,
    .forward = forward,
    .forward_sync = fused_forward_sync,
    .forward_apply = forward_apply,
    .backward = backward,
    .backward_sync = fused_backward_sync,
    .backward_apply = backward_apply,
    .device_forward = fused_device_forward,
    .device_backward = fused_device_backward,
    .kept_bytes = fused_band_bytes,
};
