/* Batch normalization with a rectifier before or behind it or both: the rectified numbers are never
 * written. Same results as the layers one by one, bit for bit. */
#include "fused.h"

static void normalize(const struct work *work, const struct band *band)
{
    for (int y = 0; y < band->x.h; y++)
        kernels->normalize(&work->norm, grid_row(&band->x, 0, y), band->x.w, band->x.c,
                           grid_row(&work->step->last->out, band->picture, band->y + y));
}

static void forward_apply(const struct node *step, const struct pass *pass,
                          const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    step_forward(&work, normalize);
}

static void forward(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    if (pass->training)
        step_sums(step, pass, shard);
    else
        forward_apply(step, pass, shard);
}

static const real *dy_row(const struct work *work, const struct band *band, int y)
{
    return grid_row(&work->step->last->dout, band->picture, band->y + y);
}

static void add_sums(const struct work *work, const struct band *band)
{
    const struct sums sums = batchnorm_sums(work->parts.norm, work->shard->number);

    for (int y = 0; y < band->x.h; y++)
        kernels->normalize_sums(&work->norm, dy_row(work, band, y), grid_row(&band->x, 0, y),
                                band->x.w, band->x.c, sums.first, sums.second);
}

static void backward(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    batchnorm_begin_sums(work.parts.norm, shard);
    step_forward(&work, add_sums);
}

static void gradient(const struct work *work, const struct band *band)
{
    for (int y = 0; y < band->x.h; y++)
        kernels->normalize_back(&work->norm, dy_row(work, band, y), grid_row(&band->x, 0, y),
                                band->x.w, band->x.c, grid_row(&band->dx, 0, y));
}

static void backward_apply(const struct node *step, const struct pass *pass,
                           const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    step_backward(&work, gradient);
}

static size_t kept_bytes(const struct node *step, bool training)
{
    return step_band_bytes(step, training);
}

const struct layer_type step_normalize = {
    .name = "normalization and rectifiers",
    .role = ROLE_NORMALIZE,
    .over_input = true,
    .forward = forward,
    .forward_sync = step_forward_sync,
    .forward_apply = forward_apply,
    .backward = backward,
    .backward_sync = step_backward_sync,
    .backward_apply = backward_apply,
    .kept_bytes = kept_bytes,
};
