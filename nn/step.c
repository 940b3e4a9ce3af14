#include "step.h"

#include <math.h>

static struct parts parts_of(const struct node *step)
{
    struct parts parts = {
        .shape = step->layer->in,
        .window = {.kh = 1, .kw = 1},
        .before = -(real)INFINITY,
        .after = -(real)INFINITY,
    };

    for (const struct node *node = step; node <= step->last; node++)
        switch (node->layer->type->role) {
        case ROLE_MATRIX:
            parts.matrix = node;
            parts.shape = node->layer->out;
            break;
        case ROLE_NORMALIZE:
            parts.norm = node;
            parts.before = parts.after; /* the rectifier was before it */
            parts.after = -(real)INFINITY;
            break;
        case ROLE_RECTIFY:
            parts.after = 0;
            break;
        default:
            parts.largest = node;
            parts.window = *(const struct window *)node->layer->own;
        }
    return parts;
}

struct work step_begin(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    struct work work = {.step = step, .shard = shard, .parts = parts_of(step)};

    if (work.parts.norm)
        work.norm = batchnorm_norm(work.parts.norm, pass, shard);
    work.norm.before = work.parts.before;
    work.norm.after = work.parts.after;
    return work;
}

/* ---- Bands ---- */

enum { BAND = 2048 }; /* numbers of a band that is computed, where a row of windows has fewer */

static int band_rows(const struct parts *parts)
{
    const int fit = BAND / (parts->shape.w * parts->shape.c) / parts->window.kh;

    return parts->matrix ? (fit ? fit : 1) * parts->window.kh : parts->shape.h;
}

static size_t band_numbers(const struct parts *parts)
{
    const size_t row = (size_t)parts->shape.w * (size_t)parts->shape.c;

    /* LANES more may be read, and the next lies as well as the first. */
    return parts->matrix ? ((size_t)band_rows(parts) * row + 2 * LANES) / LANES * LANES : 0;
}

size_t step_band_bytes(const struct node *step)
{
    const struct parts parts = parts_of(step);

    return 2 * band_numbers(&parts) * sizeof(real);
}

/* `rows` rows of a grid, from row y of a picture on. */
static struct grid stored_rows(const struct grid *grid, int picture, int y, int rows)
{
    struct grid part = *grid;

    part.at = grid->at ? grid_row(grid, picture, y) : NULL;
    part.h = rows;
    return part;
}

/* The first or second band in the shard's scratch. */
static struct grid scratch_rows(const struct work *work, int number, int rows)
{
    const struct shape shape = work->parts.shape;
    real *bands = (real *)(work->step->kept + (size_t)work->shard->number * work->step->kept_bytes);

    return (struct grid){.at = bands + (size_t)number * band_numbers(&work->parts),
                         .c = shape.c,
                         .h = rows,
                         .w = shape.w,
                         .row = (ptrdiff_t)shape.w * shape.c};
}

static struct band band_at(const struct work *work, int picture, int y)
{
    const struct node *matrix = work->parts.matrix;
    const int left = work->parts.shape.h - y, most = band_rows(&work->parts);
    const int rows = left < most ? left : most;
    struct band band = {.picture = picture, .y = y};

    band.x = matrix ? scratch_rows(work, 0, rows) : stored_rows(&work->step->in, picture, y, rows);
    band.dx =
        matrix ? scratch_rows(work, 1, rows) : stored_rows(&work->step->din, picture, y, rows);
    return band;
}

static void compute(const struct work *work, const struct band *band)
{
    const struct node *matrix = work->parts.matrix;

    for (int r = 0; matrix && r < band->x.h; r++)
        matrix->layer->type->row(matrix, band->picture, band->y + r, grid_row(&band->x, 0, r));
}

#define EACH_BAND(work, i, band)                                                                   \
    for (int i = (work)->shard->first; i < (work)->shard->first + (work)->shard->count; i++)       \
        for (struct band band = band_at(work, i, 0); band.y < (work)->parts.shape.h;               \
             band = band_at(work, i, band.y + band.x.h))

void step_forward(const struct work *work, band_function *function)
{
    EACH_BAND(work, i, band)
    {
        compute(work, &band);
        function(work, &band);
    }
}

void step_backward(const struct work *work, band_function *function)
{
    const struct node *matrix = work->parts.matrix;

    if (!matrix && !work->step->din.at)
        return;
    EACH_BAND(work, i, band)
    {
        if (work->parts.norm) /* without it the winners tell all */
            compute(work, &band);
        function(work, &band);
        if (matrix)
            matrix->layer->type->rows_grad(matrix, work->shard, i, band.y, &band.dx,
                                           i == work->shard->start && band.y == 0);
    }
}

/* ---- Normalization ---- */

static void add_sums(const struct work *work, const struct band *band)
{
    const struct sums sums = batchnorm_sums(work->parts.norm, work->shard->number);

    for (int y = 0; y < band->x.h; y++)
        kernels->channel_sums(grid_row(&band->x, 0, y), work->parts.before, band->x.w, band->x.c,
                              sums.first, sums.second);
}

void step_sums(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    const struct work work = step_begin(step, pass, shard);

    batchnorm_begin_sums(work.parts.norm, shard);
    step_forward(&work, add_sums);
}

void step_forward_sync(const struct node *step, const struct pass *pass, int shards)
{
    batchnorm_forward_sync(parts_of(step).norm, pass, shards);
}

void step_backward_sync(const struct node *step, const struct pass *pass, int shards)
{
    batchnorm_backward_sync(parts_of(step).norm, pass, shards);
}
