/* Shared by the fused forms: their layers by role, bands of rows, and sums for a normalization. */
#include "fused.h"

#include <math.h>

static struct members members_of(const struct node *group)
{
    struct members members = {
        .shape = group->layer->in,
        .window_rows = 1,
        .before = -(real)INFINITY,
        .after = -(real)INFINITY,
    };

    for (const struct node *node = group; node <= group->last; node++)
        switch (node->layer->type->role) {
        case ROLE_MATRIX:
            members.matrix = node;
            members.shape = node->layer->out;
            break;
        case ROLE_NORMALIZE:
            members.norm = node;
            members.before = members.after; /* the rectifier was before it */
            members.after = -(real)INFINITY;
            break;
        case ROLE_RECTIFY:
            members.after = 0;
            break;
        case ROLE_MAXPOOL:
            members.maxpool = node;
            members.window_rows = node->layer->window.kh;
            break;
        case ROLE_INPUT: /* never in such a group, see fuse.c */
        case ROLE_RESIDUAL:
        case ROLE_SHORTCUT:
        case ROLE_SUM:
        case ROLE_ELEMENTWISE:
        case ROLE_POOL:
        case ROLE_SHAPE:
        case ROLE_LOSS:
            break;
        }
    return members;
}

/* Tells whether the matrix layer's output is kept. Up to CHEAP multiply-adds per number it is
 * cheaper to compute it again than to fetch it. */
static bool stores(const struct members *members, bool training)
{
    enum { CHEAP = 16 };
    const struct node *matrix = members->matrix;

    return training && matrix && members->norm &&
           matrix->layer->multiply_adds > (int64_t)CHEAP * shape_size(members->shape);
}

struct work fused_begin(const struct node *group, const struct pass *pass,
                        const struct shard *shard)
{
    struct work work = {.group = group, .shard = shard, .members = members_of(group)};

    if (work.members.norm)
        work.norm = batchnorm_norm(work.members.norm, pass, shard);
    work.norm.before = work.members.before;
    work.norm.after = work.members.after;
    work.stored = work.members.norm && batchnorm_by_batch(work.members.norm, pass) &&
                  stores(&work.members, true);
    return work;
}

bool fused_by_batch(const struct node *group, const struct pass *pass)
{
    return batchnorm_by_batch(members_of(group).norm, pass);
}

/* ---- Bands ---- */

enum { BAND = 2048 }; /* numbers of a band that is computed, where a row of windows has fewer */

static size_t row_numbers(const struct members *members)
{
    return (size_t)members->shape.w * (size_t)members->shape.c;
}

static int band_rows(const struct members *members)
{
    const int unit = members->window_rows;
    const int fit = BAND / (int)row_numbers(members) / unit * unit;

    if (!members->matrix || fit > members->shape.h)
        return members->shape.h;
    return fit ? fit : unit;
}

/* Counts the numbers of a band's gradient, with LANES more that may be read, in whole panels so
 * that what follows is aligned as the first is. */
static size_t band_numbers(const struct members *members)
{
    return ((size_t)band_rows(members) * row_numbers(members) + 2 * LANES) / LANES * LANES;
}

size_t fused_band_bytes(const struct node *group, bool training)
{
    const struct members members = members_of(group);
    const size_t band = band_numbers(&members);
    size_t output = band;

    if (!members.matrix)
        return 0;
    if (stores(&members, training))
        output = (size_t)(SHARD * shape_size(members.shape)) + LANES;
    return (band + output) * sizeof(real);
}

/* Returns rows of a matrix layer's output or of its gradient, from number `at` of the shard's
 * scratch on. */
static struct grid scratch_rows(const struct work *work, size_t at, int rows)
{
    const struct shape shape = work->members.shape;
    char *scratch = work->group->kept + (size_t)work->shard->number * work->group->kept_bytes;

    return (struct grid){.at = (real *)scratch + at,
                         .c = shape.c,
                         .h = rows,
                         .w = shape.w,
                         .row = (ptrdiff_t)row_numbers(&work->members)};
}

static struct band band_at(const struct work *work, int picture, int y)
{
    const struct members *members = &work->members;
    const int left = members->shape.h - y, most = band_rows(members);
    const int rows = left < most ? left : most;
    const int row = (picture - work->shard->first) * members->shape.h + y;
    const size_t x_at =
        band_numbers(members) + (work->stored ? (size_t)row * row_numbers(members) : 0);

    if (!members->matrix)
        return (struct band){picture, y, grid_rows(&work->group->in, picture, y, rows),
                             grid_rows(&work->group->din, picture, y, rows)};
    return (struct band){picture, y, scratch_rows(work, x_at, rows), scratch_rows(work, 0, rows)};
}

static void compute(const struct work *work, const struct band *band)
{
    const struct node *matrix = work->members.matrix;

    if (matrix)
        matrix->layer->type->rows(matrix, band->picture, band->y, &band->x);
}

#define EACH_BAND(work, i, band)                                                                   \
    for (int i = (work)->shard->first; i < (work)->shard->first + (work)->shard->count; i++)       \
        for (struct band band = band_at(work, i, 0); band.y < (work)->members.shape.h;             \
             band = band_at(work, i, band.y + band.x.h))

void fused_forward(const struct work *work, band_function *function)
{
    EACH_BAND (work, i, band) {
        if (!work->stored)
            compute(work, &band);
        function(work, &band);
    }
}

void fused_backward(const struct work *work, band_function *function)
{
    const struct node *matrix = work->members.matrix;

    if (!matrix && !work->group->din.at)
        return;
    EACH_BAND (work, i, band) {
        if (work->members.norm && !work->stored) /* without, windows' winners do */
            compute(work, &band);
        function(work, &band);
        if (matrix)
            matrix->layer->type->rows_grad(matrix, work->shard, i, band.y, &band.dx,
                                           i == work->shard->first && band.y == 0);
    }
}

/* ---- Normalization ---- */

void fused_sums(const struct node *group, const struct pass *pass, const struct shard *shard)
{
    const struct work work = fused_begin(group, pass, shard);
    const struct sums sums = batchnorm_sums(work.members.norm, shard->number);

    batchnorm_begin_sums(work.members.norm, shard);
    EACH_BAND (&work, i, band) {
        compute(&work, &band);
        for (int y = 0; y < band.x.h; y++)
            kernels->channel_sums(grid_row(&band.x, 0, y), work.members.before, band.x.w, band.x.c,
                                  sums.first, sums.second);
    }
}

void fused_forward_sync(const struct node *group, const struct pass *pass, int shards)
{
    batchnorm_forward_sync(members_of(group).norm, pass, shards);
}

void fused_backward_sync(const struct node *group, const struct pass *pass, int shards)
{
    batchnorm_backward_sync(members_of(group).norm, pass, shards);
}

/* ---- On a device, where a group never begins with a matrix layer ---- */

static struct norm_group group_on_device(const struct node *group)
{
    const struct members members = members_of(group);

    return (struct norm_group){.first = group,
                               .last = group->last,
                               .norm = members.norm,
                               .maxpool = members.maxpool,
                               .before = members.before,
                               .after = members.after};
}

void fused_device_forward(const struct node *group, const struct pass *pass)
{
    const struct norm_group there = group_on_device(group);

    batchnorm_forward_on_device(&there, pass);
}

void fused_device_backward(const struct node *group, const struct pass *pass)
{
    const struct norm_group there = group_on_device(group);

    batchnorm_backward_on_device(&there, pass);
}
