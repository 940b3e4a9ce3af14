/* Batch normalization (Ioffe and Szegedy 2015), as PyTorch's BatchNorm2d and BatchNorm1d: epsilon
 * 1e-5, momentum 0.1, running variance unbiased, the batch's biased.
 * Parameters: weight [c], bias [c]; statistics: running mean [c], running variance [c]; each padded
 * to whole panels. */
#include "batchnorm.h"

#include <math.h>

static const double EPSILON = 1e-5, MOMENTUM = 0.1;

static size_t padded(const struct layer *layer)
{
    return (size_t)panels(layer->in.c) * LANES;
}

struct sums batchnorm_sums(const struct node *node, int shard)
{
    double *first = (double *)(node->shard_scratch + (size_t)shard * node->layer->shard_bytes);

    return (struct sums){first, first + padded(node->layer)};
}

void batchnorm_begin_sums(const struct node *node, const struct shard *shard)
{
    const struct sums sums = batchnorm_sums(node, shard->number);

    for (int c = 0; c < node->in.c; c++)
        sums.first[c] = sums.second[c] = 0;
}

/* The factors and summands of struct norm in kernels.h; [c] each. */
struct moments {
    real *mean, *scale, *shift, *a, *b, *c;
    double *deviation; /* 1 / sqrt(variance + epsilon) */
};

static struct moments moments_in(const struct layer *layer, void *scratch)
{
    const size_t n = padded(layer);
    double *deviation = scratch;
    real *r = (real *)(deviation + n);

    return (struct moments){r, r + n, r + 2 * n, r + 3 * n, r + 4 * n, r + 5 * n, deviation};
}

static int setup(struct layer *layer, struct nn_error *error)
{
    const size_t n = padded(layer);
    const int64_t c = layer->in.c;

    (void)error;
    layer->out = layer->in;
    layer->parameters = layer->statistics = 2 * n;
    layer->blocks = 1;
    layer->batch_bytes = n * (sizeof(double) + 6 * sizeof(real));
    layer->shard_bytes = layer->batch_bytes; /* moments in prediction; two sums in training */
    layer->shard_sums = SUMS_FOR_SYNC;
    layer->device_bytes = batchnorm_bytes_on_device(layer);
    layer->tensors = 4;
    layer->tensor[0] = (struct layer_tensor){"weight", 1, {c}, false, 1, 1};
    layer->tensor[1] = (struct layer_tensor){"bias", 1, {c}, false, 0, 0};
    layer->tensor[2] = (struct layer_tensor){"running_mean", 1, {c}, true, 0, 0};
    layer->tensor[3] = (struct layer_tensor){"running_var", 1, {c}, true, 1, 1};
    return 0;
}

static size_t place(const struct layer *layer, int tensor, int64_t index)
{
    const int channel =
        layer->in.area ? flat_place(layer->in.c, layer->in.area, (int)index) : (int)index;

    return (size_t)(tensor % 2) * padded(layer) + (size_t)channel;
}

static void affine(const struct layer *layer, const real *parameters, const real *statistics,
                   double *scale, double *shift)
{
    const size_t n = padded(layer);

    for (int c = 0; c < layer->in.c; c++) {
        scale[c] = (double)parameters[c] / sqrt((double)statistics[n + (size_t)c] + EPSILON);
        shift[c] = (double)parameters[n + (size_t)c] - (double)statistics[c] * scale[c];
    }
}

static void running(const struct node *node, const struct moments *m)
{
    const size_t n = padded(node->layer);

    for (int c = 0; c < node->in.c; c++) {
        m->mean[c] = node->statistics[c];
        m->scale[c] = (real)((double)node->parameters[c] /
                             sqrt((double)node->statistics[n + (size_t)c] + EPSILON));
        m->shift[c] = node->parameters[n + (size_t)c];
    }
}

struct norm batchnorm_norm(const struct node *node, const struct pass *pass,
                           const struct shard *shard)
{
    const struct moments m =
        moments_in(node->layer, batchnorm_by_batch(node, pass) ? node->batch_scratch
                                                               : shard_scratch(node, shard));

    if (!batchnorm_by_batch(node, pass))
        running(node, &m);
    return (struct norm){m.mean, m.scale, m.shift, m.a, m.b, m.c, -(real)INFINITY, -(real)INFINITY};
}

static void forward_apply(const struct node *node, const struct pass *pass,
                          const struct shard *shard)
{
    const struct norm norm = batchnorm_norm(node, pass, shard);

    EACH_ROW (shard, node->in, i, y)
        kernels->normalize(&norm, grid_row(&node->in, i, y), node->in.w, node->in.c,
                           grid_row(&node->out, i, y));
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct sums sums = batchnorm_sums(node, shard->number);

    if (!batchnorm_by_batch(node, pass)) {
        forward_apply(node, pass, shard);
        return;
    }
    batchnorm_begin_sums(node, shard);
    EACH_ROW (shard, node->in, i, y)
        kernels->channel_sums(grid_row(&node->in, i, y), -(real)INFINITY, node->in.w, node->in.c,
                              sums.first, sums.second);
}

/* Adds up channel c of both sums over the shards, in their order. */
static void merge(const struct node *node, int shards, int c, double *first, double *second)
{
    *first = *second = 0;
    for (int s = 0; s < shards; s++) {
        const struct sums sums = batchnorm_sums(node, s);

        *first += sums.first[c];
        *second += sums.second[c];
    }
}

/* Moves a running statistic towards the batch's value. The first batch of an estimate replaces it,
 * so that not even a rounding of the old value stays. */
static void follow(real *running, double value, const struct pass *pass)
{
    const double rate = pass->estimated ? 1.0 / pass->estimated : MOMENTUM;

    if (pass->estimated == 1)
        *running = (real)value;
    else
        *running += (real)(rate * (value - (double)*running));
}

void batchnorm_forward_sync(const struct node *node, const struct pass *pass, int shards)
{
    const size_t n = padded(node->layer);
    const struct moments m = moments_in(node->layer, node->batch_scratch);
    const double count = (double)pass->rows * node->in.h * node->in.w;
    real *running_mean = node->statistics, *running_var = node->statistics + n;

    for (int c = 0; c < node->in.c; c++) {
        double sum, square, mean, variance;

        merge(node, shards, c, &sum, &square);
        mean = sum / count;
        variance = square / count - mean * mean;
        if (variance < 0)
            variance = 0;
        m.deviation[c] = 1 / sqrt(variance + EPSILON);
        m.mean[c] = (real)mean;
        m.scale[c] = (real)((double)node->parameters[c] * m.deviation[c]);
        m.shift[c] = node->parameters[n + (size_t)c];
        /* One value has no unbiased variance: the running one stays. */
        if (count > 1)
            follow(&running_var[c], variance * count / (count - 1), pass);
        follow(&running_mean[c], mean, pass);
    }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct sums sums = batchnorm_sums(node, shard->number);
    const struct norm norm = batchnorm_norm(node, pass, shard);

    batchnorm_begin_sums(node, shard);
    EACH_ROW (shard, node->in, i, y)
        kernels->normalize_sums(&norm, grid_row(&node->dout, i, y), grid_row(&node->in, i, y),
                                node->in.w, node->in.c, sums.first, sums.second);
}

/* Merges the sums of the backward pass. With d = deviation, g = weight, N values: dx = g d (dy -
 * sum(dy)/N - (x - mean) d^2 sum(dy (x - mean))/N); dweight = d sum(dy (x - mean)), dbias =
 * sum(dy). */
void batchnorm_backward_sync(const struct node *node, const struct pass *pass, int shards)
{
    const size_t n = padded(node->layer);
    const struct moments m = moments_in(node->layer, node->batch_scratch);
    const double count = (double)pass->rows * node->in.h * node->in.w;

    for (int c = 0; c < node->in.c; c++) {
        const double d = m.deviation[c], a = (double)node->parameters[c] * d;
        double sum, product;

        merge(node, shards, c, &sum, &product);
        m.a[c] = (real)a;
        m.b[c] = (real)(-a * d * d * product / count);
        m.c[c] = (real)(-a * sum / count);
        node->gradients[c] = (real)(d * product);
        node->gradients[n + (size_t)c] = (real)sum;
    }
}

static void backward_apply(const struct node *node, const struct pass *pass,
                           const struct shard *shard)
{
    const struct norm norm = batchnorm_norm(node, pass, shard);

    if (!node->din.at)
        return;
    EACH_ROW (shard, node->in, i, y)
        kernels->normalize_back(&norm, grid_row(&node->dout, i, y), grid_row(&node->in, i, y),
                                node->in.w, node->in.c, grid_row(&node->din, i, y));
}

/* Reports the gradient that backward_sync has computed. */
static void weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end)
{
    (void)pass, (void)block;
    *begin = 0;
    *end = node->layer->parameters;
}

/* Describes the layer alone. */
static struct norm_group alone(const struct node *node)
{
    return (struct norm_group){node, node, node, NULL, -(real)INFINITY, -(real)INFINITY};
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct norm_group group = alone(node);

    batchnorm_forward_on_device(&group, pass);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    const struct norm_group group = alone(node);

    batchnorm_backward_on_device(&group, pass);
}

const struct layer_type layer_batchnorm = {
    .name = "batchnorm",
    .usage = "batchnorm",
    .example = "batchnorm",
    .role = ROLE_NORMALIZE,
    .removes_mean = true,
    .setup = setup,
    .place = place,
    .ops =
        {
            .over_input = true,
            .forward = forward,
            .forward_sync = batchnorm_forward_sync,
            .forward_apply = forward_apply,
            .backward = backward,
            .backward_sync = batchnorm_backward_sync,
            .backward_apply = backward_apply,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
    .affine = affine,
    .weight_grad = weight_grad,
};
