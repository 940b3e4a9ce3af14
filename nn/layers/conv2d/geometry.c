/* Chooses the way of computing that suits a convolution's shape. */
#include "winograd.h"

static bool is_small(const struct layer *layer)
{
    return layer->out.h * layer->out.w <= 16;
}

bool conv2d_by_batch(const struct layer *layer)
{
    return is_small(layer) && !layer->bf16; /* pairs are made of a shard */
}

/* Counts the points at which all phases of the stride multiply, in one direction. */
static int all_points(int kernel, int stride)
{
    int points = 0;

    for (int p = 0; p < stride; p++)
        points += points_of(kernel, stride, p);
    return points;
}

/* Tells whether every phase has 1 to 3 taps, and all phases of the input's gradient begin in its
 * first tile. */
static bool fits(int kernel, int stride, int pad)
{
    return stride <= 2 && kernel >= stride && kernel <= TAPS * stride && pad % stride == 0;
}

bool conv2d_by_winograd(const struct layer *layer)
{
    const struct conv *own = layer->own;
    const int stride = own->stride;
    int64_t direct, winograd; /* multiplications for each pair of channels */

    if (!layer->input_gradient || is_small(layer) || layer->in.c < LANES || own->outputs < LANES ||
        !fits(own->kh, stride, own->pad) || !fits(own->kw, stride, own->pad))
        return false;
    direct = (int64_t)layer->out.h * layer->out.w * own->kh * own->kw;
    winograd = (int64_t)in_tiles(layer->out.h) * in_tiles(layer->out.w) *
               all_points(own->kh, stride) * all_points(own->kw, stride);
    return 5 * winograd <= 3 * direct; /* the transforms take time as well */
}
