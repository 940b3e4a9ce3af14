/* Maximum over windows, floor division at the far edges, the first of equal values counts: as
 * PyTorch's MaxPool2d. */
#include "layer.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

enum { MAX_WINDOW = 16 };

struct maxpool {
    int kh, kw, stride; /* stride 0: the window's own size */
};

static int parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct maxpool *own = layer->own;
    int found = words_size(words, MAX_WINDOW, &own->kh, &own->kw, error);

    if (found == 0)
        return words_error(words, error, "the window's size is needed: %s", layer->type->usage);
    if (found == 1 && words_accept(words, "stride")) {
        found = words_int(words, 1, 64, &own->stride, error);
        if (found == 0)
            return words_error(words, error, "a number is missing: %s", layer->type->usage);
    }
    return found == 1 ? 0 : -1;
}

static int stride_y(const struct maxpool *own)
{
    return own->stride ? own->stride : own->kh;
}

static int stride_x(const struct maxpool *own)
{
    return own->stride ? own->stride : own->kw;
}

static int setup(struct layer *layer, struct nn_error *error)
{
    struct maxpool *own = layer->own;

    if (layer->in.area || layer->in.h < own->kh || layer->in.w < own->kw) {
        snprintf(error->text, sizeof error->text,
                 layer->in.area ? "layer %d, 'maxpool': its input is not a picture"
                                : "layer %d, 'maxpool': its window of %dx%d is larger than its "
                                  "input of %dx%d",
                 layer->number, own->kh, own->kw, layer->in.h, layer->in.w);
        return -1;
    }
    layer->out.c = layer->in.c;
    layer->out.h = (layer->in.h - own->kh) / stride_y(own) + 1;
    layer->out.w = (layer->in.w - own->kw) / stride_x(own) + 1;
    return 0;
}

static void describe(const struct layer *layer, char *text, size_t size)
{
    const struct maxpool *own = layer->own;
    int used = own->kh == own->kw ? snprintf(text, size, "maxpool %d", own->kh)
                                  : snprintf(text, size, "maxpool %dx%d", own->kh, own->kw);

    if (own->stride)
        snprintf(text + used, size - (size_t)used, " stride %d", own->stride);
}

/* The window's taps from its first corner; returns how many. */
static int taps(const struct node *node, const struct grid *grid, ptrdiff_t *offset)
{
    const struct maxpool *own = node->layer->own;
    int count = 0;

    for (int y = 0; y < own->kh; y++)
        for (int x = 0; x < own->kw; x++)
            offset[count++] = y * grid->row + (ptrdiff_t)x * grid->c;
    return count;
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct maxpool *own = node->layer->own;
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW];
    const int count = taps(node, &node->in, offset);

    (void)pass;
    for (int i = shard->first; i < shard->first + shard->count; i++)
        for (int y = 0; y < node->out.h; y++) {
            const real *in = grid_row(&node->in, i, y * stride_y(own));
            real *out = grid_row(&node->out, i, y);

            for (int x = 0; x < node->out.w; x++)
                kernels->max(in + (ptrdiff_t)x * stride_x(own) * c, offset, count, c,
                             out + (ptrdiff_t)x * c);
        }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const struct maxpool *own = node->layer->own;
    const int c = node->in.c;
    ptrdiff_t offset[MAX_WINDOW * MAX_WINDOW], offset_din[MAX_WINDOW * MAX_WINDOW];
    const int count = taps(node, &node->in, offset);

    (void)pass;
    if (!node->din.at)
        return;
    (void)taps(node, &node->din, offset_din);
    for (int i = shard->first; i < shard->first + shard->count; i++) {
        for (int y = 0; y < node->din.h; y++)
            memset(grid_row(&node->din, i, y), 0, (size_t)node->din.w * (size_t)c * sizeof(real));
        for (int y = 0; y < node->out.h; y++) {
            const real *in = grid_row(&node->in, i, y * stride_y(own));
            const real *dout = grid_row(&node->dout, i, y);
            real *din = grid_row(&node->din, i, y * stride_y(own));

            for (int x = 0; x < node->out.w; x++) {
                const ptrdiff_t at = (ptrdiff_t)x * stride_x(own) * c;

                kernels->max_back(dout + (ptrdiff_t)x * c, in + at, offset, offset_din, count, c,
                                  din + at);
            }
        }
    }
}

const struct layer_type layer_maxpool = {
    .name = "maxpool",
    .usage = "maxpool K [stride S]",
    .role = ROLE_POOL,
    .own_size = sizeof(struct maxpool),
    .parse = parse,
    .setup = setup,
    .describe = describe,
    .forward = forward,
    .backward = backward,
};
