/* Maximum over disjoint windows of numbers that are rectified or normalized or both on the way and
 * never written. For each window there is kept which tap won (or that the rectifier cut it off)
 * and, with a normalization, the winner less the mean: the backward sums need no more. Same results
 * as the layers one by one, but for the order of these sums. */
#include "fused.h"

#include <math.h>

/* ---- What is kept of a shard: after the bands, [picture][y][x][c] each ---- */

struct kept {
    lane_int *winner;
    real *centred;
};

static size_t outputs(const struct node *group)
{
    return (size_t)shape_size(group->last->layer->out);
}

static size_t kept_bytes(const struct node *group, bool training)
{
    const size_t each = sizeof(lane_int) + sizeof(real);

    return fused_band_bytes(group, training) + (training ? SHARD * outputs(group) * each : 0);
}

/* Returns what training keeps of row y of a picture's windows. */
static struct kept kept_row(const struct work *work, int picture, int y)
{
    const struct node *group = work->group;
    const struct grid *out = &group->last->out;
    const size_t at = (size_t)(picture - work->shard->first) * outputs(group) +
                      (size_t)y * (size_t)out->w * (size_t)out->c;
    char *shard = group->kept + (size_t)work->shard->number * group->kept_bytes;
    lane_int *winner = (lane_int *)(shard + fused_band_bytes(group, true));

    return (struct kept){winner + at, (real *)(winner + SHARD * outputs(group)) + at};
}

/* ---- Forward ---- */

/* Loops over the rows of windows that lie in a band. */
#define EACH_WINDOW_ROW(work, band, y)                                                             \
    for (int y = (band)->y / (work)->members.window_rows;                                          \
         (y + 1) * (work)->members.window_rows <= (band)->y + (band)->x.h; y++)

static void find(const struct work *work, const struct band *band, bool keep)
{
    const struct node *group = work->group;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];

    EACH_WINDOW_ROW (work, band, y) {
        const struct taps taps = window_taps(work->members.maxpool, y, 0);
        const struct kept kept =
            keep ? kept_row(work, band->picture, y) : (struct kept){NULL, NULL};

        kernels->norm_maxpool(&(struct norm_maxpool){
            .norm = &work->norm,
            .x = grid_row(&band->x, 0, taps.y - band->y),
            .offset = offset,
            .taps = taps_offsets(&taps, &band->x, offset),
            .n = taps.windows,
            .stride = taps.stride,
            .c = band->x.c,
            .y = grid_row(&group->last->out, band->picture, y),
            .winner = kept.winner,
            .centred = kept.centred,
        });
    }
}

static void find_and_keep(const struct work *work, const struct band *band)
{
    find(work, band, true);
}

static void find_only(const struct work *work, const struct band *band)
{
    find(work, band, false);
}

static void forward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);

    fused_forward(&work, pass->training ? find_and_keep : find_only);
}

static void forward_sums(const struct node *group, const struct pass *pass,
                         const struct shard *shard)
{
    if (fused_by_batch(group, pass))
        fused_sums(group, pass, shard);
    else
        forward(group, pass, shard);
}

/* ---- Backward ---- */

static void backward_sums(const struct node *group, const struct pass *pass,
                          const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);
    const struct sums sums = batchnorm_sums(work.members.norm, shard->number);
    const struct grid *dout = &group->last->dout;

    batchnorm_begin_sums(work.members.norm, shard);
    EACH_ROW (shard, *dout, i, y) {
        const struct kept kept = kept_row(&work, i, y);

        kernels->norm_maxpool_sums(grid_row(dout, i, y), kept.winner, kept.centred, dout->w,
                                   dout->c, sums.first, sums.second);
    }
}

/* Writes the gradient of the pixels of row y from x on, which no window covers: d = 0 in struct
 * norm's formula leaves dx = x > before ? b[c] * (r - mean[c]) + c[c] : 0. normalize() computes
 * that product and sum with b for `scale`, c for `shift` and no floor after it. */
static void edge(const struct work *work, const struct band *band, int y, int x)
{
    const struct norm *norm = &work->norm;
    const ptrdiff_t at = (ptrdiff_t)x * band->dx.c, n = band->dx.w - x;
    real *dx = grid_row(&band->dx, 0, y) + at;

    if (n == 0)
        return;
    if (!norm->mean) {
        memset(dx, 0, (size_t)(n * band->dx.c) * sizeof(real));
        return;
    }
    kernels->normalize(&(struct norm){.mean = norm->mean,
                                      .scale = norm->b,
                                      .shift = norm->c,
                                      .a = norm->a,
                                      .b = norm->b,
                                      .c = norm->c,
                                      .before = norm->before,
                                      .after = -(real)INFINITY},
                       grid_row(&band->x, 0, y) + at, n, band->dx.c, dx);
    if (norm->before == 0)
        kernels->relu_back(dx, grid_row(&band->x, 0, y) + at, n * band->dx.c, dx);
}

static void scatter(const struct work *work, const struct band *band)
{
    const struct grid *out = &work->group->last->out;
    const struct window *window = &work->members.maxpool->layer->window;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW], offset_dx[MAX_WINDOW * MAX_WINDOW];

    EACH_WINDOW_ROW (work, band, y) {
        const struct taps taps = window_taps(work->members.maxpool, y, 0);

        (void)taps_offsets(&taps, &band->dx, offset_dx);
        kernels->norm_maxpool_back(&(struct norm_maxpool_back){
            .norm = &work->norm,
            .dy = grid_row(&work->group->last->dout, band->picture, y),
            .winner = kept_row(work, band->picture, y).winner,
            .x = grid_row(&band->x, 0, taps.y - band->y),
            .offset = offset,
            .offset_dx = offset_dx,
            .taps = taps_offsets(&taps, &band->x, offset),
            .n = taps.windows,
            .stride = taps.stride,
            .c = band->x.c,
            .dx = grid_row(&band->dx, 0, taps.y - band->y),
        });
    }
    for (int y = 0; y < band->dx.h; y++)
        edge(work, band, y, band->y + y < out->h * window->kh ? out->w * window->kw : 0);
}

static void backward(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);

    fused_backward(&work, scatter);
}

const struct layer_ops fused_maxpool = {
    .over_input = true,
    .forward = forward,
    .backward = backward,
    .device_forward = fused_device_forward,
    .device_backward = fused_device_backward,
    .kept_bytes = kept_bytes,
};

const struct layer_ops fused_batchnorm_maxpool = {
    .over_input = true,
    .forward = forward_sums,
    .forward_sync = fused_forward_sync,
    .forward_apply = forward,
    .backward = backward_sums,
    .backward_sync = fused_backward_sync,
    .backward_apply = backward,
    .device_forward = fused_device_forward,
    .device_backward = fused_device_backward,
    .kept_bytes = kept_bytes,
};
