#include "fused.h"

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

/* Up to so many multiply-adds per number it is cheaper to compute a matrix layer's output again
 * than to fetch it. */
enum { CHEAP = 16 };

static bool stores(const struct parts *parts, bool training)
{
    const struct node *matrix = parts->matrix;

    return training && matrix && parts->norm &&
           matrix->layer->multiply_adds > (int64_t)CHEAP * shape_size(parts->shape);
}

struct work step_begin(const struct node *step, const struct pass *pass, const struct shard *shard)
{
    struct work work = {.step = step, .shard = shard, .parts = parts_of(step)};

    if (work.parts.norm)
        work.norm = batchnorm_norm(work.parts.norm, pass, shard);
    work.norm.before = work.parts.before;
    work.norm.after = work.parts.after;
    work.stored = stores(&work.parts, pass->training);
    return work;
}

/* ---- Bands ---- */

enum { BAND = 2048 }; /* numbers of a band that is computed, where a row of windows has fewer */

static int band_rows(const struct parts *parts)
{
    const int unit = parts->window.kh, fit = BAND / (parts->shape.w * parts->shape.c) / unit * unit;

    if (!parts->matrix || fit > parts->shape.h)
        return parts->shape.h;
    return fit ? fit : unit;
}

static size_t row_numbers(const struct parts *parts)
{
    return (size_t)parts->shape.w * (size_t)parts->shape.c;
}

/* Of a band's gradient; LANES more may be read, and what follows lies as well as the first. */
static size_t band_numbers(const struct parts *parts)
{
    return ((size_t)band_rows(parts) * row_numbers(parts) + 2 * LANES) / LANES * LANES;
}

/* Of the output: a band, or all of the shard. */
static size_t output_numbers(const struct parts *parts, bool stored)
{
    return stored ? (size_t)(SHARD * shape_size(parts->shape)) + LANES : band_numbers(parts);
}

size_t step_band_bytes(const struct node *step, bool training)
{
    const struct parts parts = parts_of(step);
    const bool stored = stores(&parts, training);

    return parts.matrix ? (band_numbers(&parts) + output_numbers(&parts, stored)) * sizeof(real)
                        : 0;
}

/* Rows of a matrix layer's output or of its gradient, in the shard's scratch. */
static struct grid scratch_rows(const struct work *work, size_t at, int rows)
{
    const struct shape shape = work->parts.shape;
    char *scratch = work->step->kept + (size_t)work->shard->number * work->step->kept_bytes;

    return (struct grid){.at = (real *)scratch + at,
                         .c = shape.c,
                         .h = rows,
                         .w = shape.w,
                         .row = (ptrdiff_t)row_numbers(&work->parts)};
}

static struct band band_at(const struct work *work, int picture, int y)
{
    const struct parts *parts = &work->parts;
    const int left = parts->shape.h - y, most = band_rows(parts), rows = left < most ? left : most;
    const int row = (picture - work->shard->first) * parts->shape.h + y;

    if (!parts->matrix)
        return (struct band){picture, y, grid_part(&work->step->in, picture, y, rows),
                             grid_part(&work->step->din, picture, y, rows)};
    return (struct band){
        picture, y,
        scratch_rows(work,
                     band_numbers(parts) + (work->stored ? (size_t)row * row_numbers(parts) : 0),
                     rows),
        scratch_rows(work, 0, rows)};
}

static void compute(const struct work *work, const struct band *band)
{
    const struct node *matrix = work->parts.matrix;

    if (matrix)
        matrix->layer->type->rows(matrix, band->picture, band->y, &band->x);
}

#define EACH_BAND(work, i, band)                                                                   \
    for (int i = (work)->shard->first; i < (work)->shard->first + (work)->shard->count; i++)       \
        for (struct band band = band_at(work, i, 0); band.y < (work)->parts.shape.h;               \
             band = band_at(work, i, band.y + band.x.h))

void step_forward(const struct work *work, band_function *function)
{
    EACH_BAND (work, i, band) {
        if (!work->stored)
            compute(work, &band);
        function(work, &band);
    }
}

void step_backward(const struct work *work, band_function *function)
{
    const struct node *matrix = work->parts.matrix;

    if (!matrix && !work->step->din.at)
        return;
    EACH_BAND (work, i, band) {
        if (work->parts.norm && !work->stored) /* without it the winners tell all */
            compute(work, &band);
        function(work, &band);
        if (matrix)
            matrix->layer->type->rows_grad(matrix, work->shard, i, band.y, &band.dx,
                                           i == work->shard->first && band.y == 0);
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
    EACH_BAND (&work, i, band) {
        compute(&work, &band);
        add_sums(&work, &band);
    }
}

void step_forward_sync(const struct node *step, const struct pass *pass, int shards)
{
    batchnorm_forward_sync(parts_of(step).norm, pass, shards);
}

void step_backward_sync(const struct node *step, const struct pass *pass, int shards)
{
    batchnorm_backward_sync(parts_of(step).norm, pass, shards);
}
