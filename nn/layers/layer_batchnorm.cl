/* Normalization with the rectifiers around it and the maximum over disjoint windows after it, as
 * nn/kernels/channel.h and norm_maxpool.h have them, and its sums and statistics as
 * layer_batchnorm.c. */
#include "nn/device/dialect.h"

enum { CHUNK = 64 }; /* as in nn/kernels/channel.h */

struct normalization {
    struct device_grid x, y, dx, dy;
    i64 chunks;    /* [2][row of the sums][chunk][c] double: sums of up to CHUNK numbers */
    i64 sums;      /* [shard]: [2][padded] double, `sums_bytes` apart */
    i64 deviation; /* [padded] double, then [6][padded] float: mean scale shift a b c */
    i64 parameters, gradients, statistics;
    i64 kept; /* [shard]: [SHARD * outputs] winner, as many of r - mean; `kept_bytes` apart */
    i64 sums_bytes, kept_bytes;
    float before, after;
    int n, shards;
    int normalizes; /* 0: windows and rectifiers alone */
    int pools, kh, kw;
    int keeps;     /* the windows' winners */
    int estimated; /* see struct pass */
};

#ifdef ON_DEVICE
enum { CUT = -1 };

int padded(const struct normalization *a)
{
    return panels(a->x.c) * LANES;
}

enum moment { MEAN, SCALE, SHIFT, OF_GRADIENT, OF_INPUT, CONSTANT };
__global float *moment(MEMORY, const struct normalization *a, enum moment which, int k)
{
    return FLOAT(a->deviation + 8 * padded(a)) + which * padded(a) + k;
}

/* Returns x less the mean, after the first rectifier. */
float centred(MEMORY, const struct normalization *a, float x, int k)
{
    return at_least(a->before, x) - *moment(memory, a, MEAN, k);
}

float normalized(MEMORY, const struct normalization *a, float centred, int k)
{
    return FUSED(centred, *moment(memory, a, SCALE, k), *moment(memory, a, SHIFT, k));
}

/* Returns where the winner of a window is kept; outputs / 4 bytes after it is what it had. */
i64 kept_at(const struct normalization *a, int p, int y, int x, int k)
{
    const int within = (p % SHARD * a->y.h + y) * a->y.w + x;

    return a->kept + p / SHARD * a->kept_bytes + 4 * (i64)(within * a->y.c + k);
}
i64 kept_after(const struct normalization *a)
{
    return 4 * (i64)SHARD * a->y.h * a->y.w * a->y.c;
}

/* ---- Sums: of chunks, of shards, of the batch ---- */

/* Returns the part of dy that gets as far as the normalization, and with which r - mean. */
float passed(MEMORY, const struct normalization *a, int p, int y, int x, int k, float *from)
{
    const float d = *number(memory, a->dy, p, y, x, k);

    if (a->pools) {
        const i64 at = kept_at(a, p, y, x, k);

        *from = *FLOAT(at + kept_after(a));
        return *AT(int, at) == CUT ? 0 : d;
    }
    *from = centred(memory, a, *number(memory, a->x, p, y, x, k), k);
    return normalized(memory, a, *from, k) > a->after ? d : 0;
}

/* Sums up a chunk of grid x, and its squares; or of dy, and its products, where `back`. */
void sum_chunk(MEMORY, const struct normalization *a, struct device_grid grid, int back, int item)
{
    const int chunks = (grid.w + CHUNK - 1) / CHUNK, all = a->n * grid.h * chunks * grid.c;
    const int k = item % grid.c, begin = item / grid.c % chunks * CHUNK;
    const int y = item / grid.c / chunks % grid.h, p = item / grid.c / chunks / grid.h;
    float sum = 0, product = 0;

    if (p >= a->n)
        return;
    for (int x = begin; x < grid.w && x < begin + CHUNK; x++) {
        float from, value;

        if (back)
            value = passed(memory, a, p, y, x, k, &from);
        else
            value = from = at_least(a->before, *number(memory, grid, p, y, x, k));
        sum += value;
        product = FUSED(value, from, product);
    }
    DOUBLE(a->chunks)[item] = (double)sum;
    DOUBLE(a->chunks)[all + item] = (double)product;
}

KERNEL(norm_chunks, normalization)
{
    sum_chunk(memory, &a, a.x, 0, ITEM());
}

KERNEL(norm_back_chunks, normalization)
{
    sum_chunk(memory, &a, a.dy, 1, ITEM());
}

/* Adds up a channel's chunks of each shard, those of grid x or of dy, a team's members some shards
 * each. */
void add_chunks(MEMORY, const struct normalization *a, struct device_grid grid, int k, int member)
{
    const int c = a->x.c, per_picture = grid.h * ((grid.w + CHUNK - 1) / CHUNK);

    for (int i = member; i < 2 * a->shards && k < c; i += TEAM) {
        const int which = i % 2, shard = i / 2;
        const int pictures = a->n - shard * SHARD < SHARD ? a->n - shard * SHARD : SHARD;
        __global const double *chunk =
            DOUBLE(a->chunks) + ((i64)which * a->n + shard * SHARD) * per_picture * c + k;
        double sum = 0;

        for (int j = 0; j < pictures * per_picture; j++)
            sum += chunk[(i64)j * c];
        DOUBLE(a->sums + shard * a->sums_bytes)[which * padded(a) + k] = sum;
    }
}

double add_shards(MEMORY, const struct normalization *a, int which, int k)
{
    double sum = 0;

    for (int s = 0; s < a->shards; s++)
        sum += DOUBLE(a->sums + s * a->sums_bytes)[which * padded(a) + k];
    return sum;
}

/* Moves a running statistic towards the batch's value. */
void follow(__global float *running, double value, int estimated)
{
    const double rate = estimated ? 1.0 / estimated : 0.1;

    if (estimated == 1)
        *running = (float)value;
    else
        *running += (float)(rate * (value - (double)*running));
}

KERNEL(norm_merge, normalization)
{
    const int k = ITEM() / TEAM, member = ITEM() % TEAM, pad = padded(&a);

    add_chunks(memory, &a, a.x, k, member);
    WAIT_FOR_TEAM();
    if (k >= a.x.c || member > 0)
        return;
    const double count = (double)a.n * a.x.h * a.x.w;
    const double sum = add_shards(memory, &a, 0, k), square = add_shards(memory, &a, 1, k);
    const double mean = sum / count, squared = mean * mean;
    double variance = square / count - squared, deviation;

    if (variance < 0)
        variance = 0;
    deviation = 1 / sqrt(variance + 1e-5);
    DOUBLE(a.deviation)[k] = deviation;
    *moment(memory, &a, MEAN, k) = (float)mean;
    *moment(memory, &a, SCALE, k) = (float)((double)FLOAT(a.parameters)[k] * deviation);
    *moment(memory, &a, SHIFT, k) = FLOAT(a.parameters)[pad + k];
    if (count > 1)
        follow(FLOAT(a.statistics) + pad + k, variance * count / (count - 1), a.estimated);
    follow(FLOAT(a.statistics) + k, mean, a.estimated);
}

/* Takes the moments from the running statistics. */
KERNEL(norm_running, normalization)
{
    const int k = ITEM(), pad = padded(&a);

    if (k >= a.x.c)
        return;
    *moment(memory, &a, MEAN, k) = FLOAT(a.statistics)[k];
    *moment(memory, &a, SCALE, k) = (float)((double)FLOAT(a.parameters)[k] /
                                            sqrt((double)FLOAT(a.statistics)[pad + k] + 1e-5));
    *moment(memory, &a, SHIFT, k) = FLOAT(a.parameters)[pad + k];
}

KERNEL(norm_back_merge, normalization)
{
    const int k = ITEM() / TEAM, member = ITEM() % TEAM, pad = padded(&a);

    add_chunks(memory, &a, a.dy, k, member);
    WAIT_FOR_TEAM();
    if (k >= pad || member > 0)
        return;
    if (k >= a.x.c) {
        FLOAT(a.gradients)[k] = FLOAT(a.gradients)[pad + k] = 0;
        return;
    }
    const double count = (double)a.n * a.x.h * a.x.w, d = DOUBLE(a.deviation)[k];
    const double of_gradient = (double)FLOAT(a.parameters)[k] * d;
    const double sum = add_shards(memory, &a, 0, k), product = add_shards(memory, &a, 1, k);

    *moment(memory, &a, OF_GRADIENT, k) = (float)of_gradient;
    *moment(memory, &a, OF_INPUT, k) = (float)(-of_gradient * d * d * product / count);
    *moment(memory, &a, CONSTANT, k) = (float)(-of_gradient * sum / count);
    FLOAT(a.gradients)[k] = (float)(d * product);
    FLOAT(a.gradients)[pad + k] = (float)sum;
}

/* ---- The numbers themselves ---- */

/* Writes the largest of a window, of one number without pooling. */
KERNEL(norm_apply, normalization)
{
    const int k = ITEM() % a.y.c, x = ITEM() / a.y.c % a.y.w;
    const int y = ITEM() / a.y.c / a.y.w % a.y.h, p = ITEM() / a.y.c / a.y.w / a.y.h;
    float best = 0, from = 0;
    int winner = 0;

    if (p >= a.n)
        return;
    for (int t = 0; t < a.kh * a.kw; t++) {
        const float value = *number(memory, a.x, p, y * a.kh + t / a.kw, x * a.kw + t % a.kw, k);
        const float r = a.normalizes ? centred(memory, &a, value, k) : value;
        const float z = a.normalizes ? normalized(memory, &a, r, k) : value;

        if (t == 0 || !(best >= z)) { /* so that NaN wins */
            best = z;
            from = r;
            winner = t;
        }
    }
    *number(memory, a.y, p, y, x, k) = at_least(a.after, best);
    if (!a.keeps)
        return;
    *AT(int, kept_at(&a, p, y, x, k)) = best > a.after ? winner : CUT;
    *FLOAT(kept_at(&a, p, y, x, k) + kept_after(&a)) = from;
}

/* Writes the gradient of x, where no window is that of nothing. */
KERNEL(norm_back, normalization)
{
    const int k = ITEM() % a.x.c, x = ITEM() / a.x.c % a.x.w;
    const int y = ITEM() / a.x.c / a.x.w % a.x.h, p = ITEM() / a.x.c / a.x.w / a.x.h;
    const int window_y = y / a.kh, window_x = x / a.kw;
    float d = 0, from, gradient;

    if (p >= a.n)
        return;
    if (!a.pools)
        d = passed(memory, &a, p, y, x, k, &from);
    else if (window_y < a.y.h && window_x < a.y.w &&
             *AT(int, kept_at(&a, p, window_y, window_x, k)) == y % a.kh * a.kw + x % a.kw)
        d = *number(memory, a.dy, p, window_y, window_x, k);
    gradient = d;
    if (a.normalizes) {
        const float value = *number(memory, a.x, p, y, x, k);
        const float rest = FUSED(*moment(memory, &a, OF_INPUT, k), centred(memory, &a, value, k),
                                 *moment(memory, &a, CONSTANT, k));

        gradient = FUSED(*moment(memory, &a, OF_GRADIENT, k), d, rest);
        if (a.before == 0 && !(value > 0))
            gradient = 0;
    }
    *number(memory, a.dx, p, y, x, k) = gradient;
}
#endif
