/* Normalization on a device, with the rectifiers and the windows that it is fused with. */
#include "batchnorm.h"
#include "layer_batchnorm.cl"
#include "layers_on_device.h"

/* Counts the sums of up to CHUNK numbers of a row. */
static int chunks(int w)
{
    return (w + CHUNK - 1) / CHUNK;
}

size_t batchnorm_bytes_on_device(const struct layer *layer)
{
    return 2 * sizeof(double) * (size_t)(layer->in.h * chunks(layer->in.w) * layer->in.c);
}

static struct normalization describe(const struct norm_group *group, const struct pass *pass)
{
    const struct node *norm = group->norm, *maxpool = group->maxpool;
    struct normalization n = {
        .x = grid_on_device(pass, &group->first->in),
        .y = grid_on_device(pass, &group->last->out),
        .dx = grid_on_device(pass, &group->first->din),
        .dy = grid_on_device(pass, &group->last->dout),
        .kept = place_on_device(pass, group->first->kept),
        .kept_bytes = (i64)group->first->kept_bytes,
        .before = (float)group->before,
        .after = (float)group->after,
        .n = pass->rows,
        .shards = shards_of(pass),
        .normalizes = norm != NULL,
        .pools = maxpool != NULL,
        .kh = maxpool ? maxpool->layer->window.kh : 1,
        .kw = maxpool ? maxpool->layer->window.kw : 1,
        .keeps = maxpool && pass->training,
        .estimated = pass->estimated,
    };

    if (norm) {
        n.chunks = norm->device_scratch;
        n.sums = place_on_device(pass, norm->shard_scratch);
        n.sums_bytes = (i64)norm->layer->shard_bytes;
        n.deviation = place_on_device(pass, norm->batch_scratch);
        n.parameters = place_on_device(pass, norm->parameters);
        n.gradients = place_on_device(pass, norm->gradients);
        n.statistics = place_on_device(pass, norm->statistics);
    }
    return n;
}

static void run(const struct pass *pass, const char *kernel, int64_t items,
                const struct normalization *n)
{
    DEVICE_RUN(pass->device->memory, kernel, items, n);
}

/* Counts the items that sum up chunks of a grid. */
static int64_t chunk_items(const struct normalization *n, const struct device_grid *grid)
{
    return (int64_t)n->n * grid->h * chunks(grid->w) * grid->c;
}

void batchnorm_forward_on_device(const struct norm_group *group, const struct pass *pass)
{
    const struct normalization n = describe(group, pass);

    if (group->norm && batchnorm_by_batch(group->norm, pass)) {
        run(pass, "norm_chunks", chunk_items(&n, &n.x), &n);
        run(pass, "norm_merge", (int64_t)n.x.c * TEAM, &n);
    } else if (group->norm)
        run(pass, "norm_running", n.x.c, &n);
    run(pass, "norm_apply", numbers_on_device(pass, &group->last->out), &n);
}

void batchnorm_backward_on_device(const struct norm_group *group, const struct pass *pass)
{
    const struct normalization n = describe(group, pass);

    if (group->norm) {
        run(pass, "norm_back_chunks", chunk_items(&n, &n.dy), &n);
        run(pass, "norm_back_merge", (int64_t)panels(n.x.c) * LANES * TEAM, &n);
    }
    if (group->first->din.at)
        run(pass, "norm_back", numbers_on_device(pass, &group->first->din), &n);
}
