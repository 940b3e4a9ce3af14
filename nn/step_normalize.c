/* Batch normalization together with the rectifier and the maximum over windows behind it: the
 * normalized picture is never written. Of each window there is kept which tap won (or that the
 * rectifier cut it off) and the winner less the mean; that is all that the sums of the way back
 * need. Same results as the layers one by one, but for the order of those sums. */
#include "batchnorm.h"
#include "window.h"

#include <math.h>

/* The windows of one step. */
struct shape_of_step {
    struct window window; /* 1x1 without pooling */
    real floor;           /* 0 with the rectifier, else below everything */
};

static struct shape_of_step shape_of(const struct node *node)
{
    struct shape_of_step s = {.window = {.kh = 1, .kw = 1}, .floor = -(real)INFINITY};

    if (node->last->type->role == ROLE_LARGEST)
        s.window = *(const struct window *)node->last->own;
    if (node->layer[1].type->role == ROLE_RECTIFY)
        s.floor = 0;
    return s;
}

static size_t outputs(const struct layer *last)
{
    return (size_t)shape_size(last->out);
}

size_t step_normalize_shard_bytes(const struct layer *norm, const struct layer *last)
{
    const size_t kept = SHARD * outputs(last) * (sizeof(real) + sizeof(lane_int));

    /* Behind it LANES more may be read; a whole number of doubles, as the sums of the next shard
     * are. */
    return norm->shard_bytes + (kept + LANES * sizeof(real) + 7) / 8 * 8;
}

/* What is kept of row y of picture i's windows. */
struct kept {
    real *centred;
    lane_int *winner;
};

static struct kept kept_row(const struct node *node, const struct shard *shard, int i, int y)
{
    const size_t row = (size_t)node->out.w * (size_t)node->out.c;
    const size_t at = (size_t)(i - shard->first) * outputs(node->last) + (size_t)y * row;
    real *centred = (real *)((char *)shard_scratch(node, shard) + node->layer->shard_bytes);

    return (struct kept){centred + at, (lane_int *)(centred + SHARD * outputs(node->last)) + at};
}

static void normalize(const struct node *node, const struct pass *pass, const struct shard *shard,
                      const struct moments *m)
{
    const struct shape_of_step s = shape_of(node);
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];

    EACH_ROW (shard, node->out, i, y) {
        const struct taps taps = window_taps(&s.window, node, y, 0);
        const struct kept kept =
            pass->training ? kept_row(node, shard, i, y) : (struct kept){NULL, NULL};

        kernels->norm_max(&(struct norm_max){
            .x = grid_row(&node->in, i, taps.y),
            .offset = offset,
            .taps = taps_offsets(&taps, &node->in, offset),
            .n = taps.windows,
            .step = taps.step,
            .c = node->in.c,
            .mean = m->mean,
            .scale = m->scale,
            .shift = m->shift,
            .floor = s.floor,
            .y = grid_row(&node->out, i, y),
            .winner = kept.winner,
            .centred = kept.centred,
        });
    }
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    struct moments m;

    if (pass->training) {
        batchnorm_forward(node, pass, shard);
    } else {
        m = batchnorm_running(node, shard);
        normalize(node, pass, shard, &m);
    }
}

static void forward_apply(const struct node *node, const struct pass *pass,
                          const struct shard *shard)
{
    const struct moments m = batchnorm_moments(node, node->batch_scratch);

    normalize(node, pass, shard, &m);
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct sums sums = batchnorm_sums(node, shard->number);

    (void)pass;
    EACH_ROW (shard, node->out, i, y) {
        const struct kept kept = kept_row(node, shard, i, y);

        kernels->norm_max_sums(grid_row(&node->dout, i, y), kept.winner, kept.centred, node->out.w,
                               node->out.c, sums.first, sums.second);
    }
}

/* Where no window reaches, at the far edges, the gradient of the output is zero. */
static void backward_edge(const struct node *node, const struct moments *m, int i, int y, int x)
{
    const int c = node->in.c;

    if (x < node->in.w)
        kernels->normalize(grid_row(&node->in, i, y) + x * c, m->mean, m->b, m->c, node->in.w - x,
                           c, grid_row(&node->din, i, y) + x * c);
}

static void backward_apply(const struct node *node, const struct pass *pass,
                           const struct shard *shard)
{
    const struct shape_of_step s = shape_of(node);
    const struct moments m = batchnorm_moments(node, node->batch_scratch);
    const int covered_w = node->out.w * s.window.kw, covered_h = node->out.h * s.window.kh;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW], offset_din[MAX_WINDOW * MAX_WINDOW];

    (void)pass;
    if (!node->din.at)
        return;
    EACH_ROW (shard, node->out, i, y) {
        const struct taps taps = window_taps(&s.window, node, y, 0);

        (void)taps_offsets(&taps, &node->din, offset_din);
        kernels->norm_max_back(&(struct norm_max_back){
            .dy = grid_row(&node->dout, i, y),
            .winner = kept_row(node, shard, i, y).winner,
            .x = grid_row(&node->in, i, taps.y),
            .offset = offset,
            .offset_dx = offset_din,
            .taps = taps_offsets(&taps, &node->in, offset),
            .n = taps.windows,
            .step = taps.step,
            .c = node->in.c,
            .mean = m.mean,
            .a = m.a,
            .b = m.b,
            .shift = m.c,
            .dx = grid_row(&node->din, i, taps.y),
        });
    }
    EACH_ROW (shard, node->in, i, y)
        backward_edge(node, &m, i, y, y < covered_h ? covered_w : 0);
}

const struct layer_type step_normalize = {
    .name = "batchnorm and what follows",
    .role = ROLE_NORMALIZE,
    .forward = forward,
    .forward_sync = batchnorm_forward_sync,
    .forward_apply = forward_apply,
    .backward = backward,
    .backward_sync = batchnorm_backward_sync,
    .backward_apply = backward_apply,
    .weight_grad = batchnorm_weight_grad,
};
