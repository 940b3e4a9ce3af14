/* The largest of windows that lie apart, of numbers that were rectified or normalized or both on
 * the way: those are never written. Of each window there is kept which tap won (or that the
 * rectifier cut it off), and with a normalization the winner less the mean; that is all that the
 * sums of the way back need. Same results as the layers one by one, but for the order of those
 * sums. */
#include "fused.h"

#include <math.h>

/* ---- What is kept of a shard: behind the bands, [picture][y][x][c] each ---- */

struct kept {
    lane_int *winner;
    real *centred;
};

static size_t outputs(const struct node *step)
{
    return (size_t)shape_size(step->last->layer->out);
}

static size_t kept_bytes(const struct node *step, bool training)
{
    const size_t each = sizeof(lane_int) + sizeof(real);

    return step_band_bytes(step, training) + (training ? SHARD * outputs(step) * each : 0);
}

/* Of row y of a picture's windows, in training. */
static struct kept kept_row(const struct work *work, int picture, int y)
{
    const struct node *step = work->step;
    const struct grid *out = &step->last->out;
    const size_t at = (size_t)(picture - work->shard->first) * outputs(step) +
                      (size_t)y * (size_t)out->w * (size_t)out->c;
    char *shard = step->kept + (size_t)work->shard->number * step->kept_bytes;
    lane_int *winner = (lane_int *)(shard + step_band_bytes(step, true));

    return (struct kept){winner + at, (real *)(winner + SHARD * outputs(step)) + at};
}

/* ---- Forward ---- */

/* The rows of windows that lie in a band. */
#define EACH_WINDOW_ROW(work, band, y)                                                             \
    for (int y = (band)->y / (work)->parts.window.kh;                                              \
         (y + 1) * (work)->parts.window.kh <= (band)->y + (band)->x.h; y++)

static void find(const struct work *work, const struct band *band, bool keep)
{
    const struct node *step = work->step;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];

    EACH_WINDOW_ROW (work, band, y) {
        const struct taps taps = window_taps(&work->parts.window, work->parts.largest, y, 0);
        const struct kept kept =
            keep ? kept_row(work, band->picture, y) : (struct kept){NULL, NULL};

        kernels->largest(&(struct largest){
            .norm = &work->norm,
            .x = grid_row(&band->x, 0, taps.y - band->y),
            .offset = offset,
            .taps = taps_offsets(&taps, &band->x, offset),
            .n = taps.windows,
            .step = taps.step,
            .c = band->x.c,
            .y = grid_row(&step->last->out, band->picture, y),
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

static void forward(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    step_forward(&work, pass->training ? find_and_keep : find_only);
}

static void forward_sums(const struct node *step, const struct pass *pass,
                         const struct shard *shard)
{
    if (pass->training)
        step_sums(step, pass, shard);
    else
        forward(step, pass, shard);
}

/* ---- Backward ---- */

static void backward_sums(const struct node *step, const struct pass *pass,
                          const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);
    const struct sums sums = batchnorm_sums(work.parts.norm, shard->number);
    const struct grid *dout = &step->last->dout;

    batchnorm_begin_sums(work.parts.norm, shard);
    EACH_ROW (shard, *dout, i, y) {
        const struct kept kept = kept_row(&work, i, y);

        kernels->largest_sums(grid_row(dout, i, y), kept.winner, kept.centred, dout->w, dout->c,
                              sums.first, sums.second);
    }
}

/* From pixel x of a row on, where no window reaches, the gradient of the output is zero. */
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
    kernels->normalize(&(struct norm){norm->mean, norm->b, norm->c, norm->a, norm->b, norm->c,
                                      norm->before, -(real)INFINITY},
                       grid_row(&band->x, 0, y) + at, n, band->dx.c, dx);
    if (norm->before == 0)
        kernels->relu_back(dx, grid_row(&band->x, 0, y) + at, n * band->dx.c, dx);
}

static void scatter(const struct work *work, const struct band *band)
{
    const struct grid *out = &work->step->last->out;
    const struct window *window = &work->parts.window;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW], offset_dx[MAX_WINDOW * MAX_WINDOW];

    EACH_WINDOW_ROW (work, band, y) {
        const struct taps taps = window_taps(window, work->parts.largest, y, 0);

        (void)taps_offsets(&taps, &band->dx, offset_dx);
        kernels->largest_back(&(struct largest_back){
            .norm = &work->norm,
            .dy = grid_row(&work->step->last->dout, band->picture, y),
            .winner = kept_row(work, band->picture, y).winner,
            .x = grid_row(&band->x, 0, taps.y - band->y),
            .offset = offset,
            .offset_dx = offset_dx,
            .taps = taps_offsets(&taps, &band->x, offset),
            .n = taps.windows,
            .step = taps.step,
            .c = band->x.c,
            .dx = grid_row(&band->dx, 0, taps.y - band->y),
        });
    }
    for (int y = 0; y < band->dx.h; y++)
        edge(work, band, y, band->y + y < out->h * window->kh ? out->w * window->kw : 0);
}

static void backward(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    step_backward(&work, scatter);
}

const struct layer_type step_largest = {
    .name = "largest",
    .role = ROLE_LARGEST,
    .over_input = true,
    .forward = forward,
    .backward = backward,
    .kept_bytes = kept_bytes,
};

const struct layer_type step_normalize_largest = {
    .name = "normalization and largest",
    .role = ROLE_NORMALIZE,
    .over_input = true,
    .forward = forward_sums,
    .forward_sync = step_forward_sync,
    .forward_apply = forward,
    .backward = backward_sums,
    .backward_sync = step_backward_sync,
    .backward_apply = backward,
    .kept_bytes = kept_bytes,
};
