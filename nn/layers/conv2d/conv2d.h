#ifndef NN_CONV2D_H
#define NN_CONV2D_H

#include "nn/layers/layer.h"

/* The parts of the convolution layer; layer_conv2d.c tells how its weights are packed. */

struct conv {
    int outputs, kh, kw, stride, pad;
    bool winograd; /* with fewer multiplications, see below */
};

/* Some neighbours, in one direction: of a window's taps, or of the output's pixels. */
struct span {
    int first, count;
};

/* Packed numbers before the bias. */
static inline size_t conv2d_weight_size(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)panels(own->outputs) * LANES * (size_t)(own->kh * own->kw * layer->in.c);
}

/* ---- Sums over windows: conv2d_product.c ---- */

/* A product with the `taps_y` x `taps_x` pixels of `in` that each position of `out` sees. */
struct positions {
    const struct grid *in, *out;
    int taps_y, taps_x;
    int from_y, from_x, to_y, to_x; /* of the first position, in `in` and in `out` */
    int h, w;                       /* number of positions */
    int step_in, step_out;          /* from position to position */
};
/* Of a shard's pictures; weights [panel of out's channels][tap y][tap x][in's channel][LANES]. */
void conv2d_products(const real *weights, const real *bias, const struct positions *at,
                     const struct shard *shard);

void conv2d_forward(const struct node *node, const struct shard *shard);
/* As struct layer_type tells. */
void conv2d_rows(const struct node *node, int picture, int y, const struct grid *out);

/* ---- The gradient of the input: conv2d_input_grad.c ---- */

/* How far the input's gradient reaches past the ends of the output's. */
int conv2d_border_dout(const struct layer *layer);
void conv2d_input_grad(const struct node *node, const struct shard *shard);
/* Weights flipped and transposed for it, in all; and those of a panel of inputs for one phase. */
size_t conv2d_flipped_size(const struct layer *layer);
real *conv2d_flipped_panel(const struct layer *layer, real *flipped, int phase_y, int phase_x,
                           int panel);
/* Makes those of a panel of inputs. */
void conv2d_flip_panel(const struct node *node, int panel, real *flipped);

/* ---- The gradient of the parameters: conv2d_weight_grad.c ---- */

/* Whether it is summed over the whole batch at once, and not for each shard first. */
bool conv2d_by_batch(const struct layer *layer);
int conv2d_blocks(const struct layer *layer);
/* The shard's part, unless by batch. */
void conv2d_shard_grad(const struct node *node, const struct shard *shard);
void conv2d_rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first);
void conv2d_weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end);

/* ---- With fewer multiplications: conv2d_winograd*.c ---- */

/* Whether the shapes suit it. The functions below are then used for whole shards. */
bool conv2d_by_winograd(const struct layer *layer);
/* States its derived numbers and scratch. */
void conv2d_winograd_sizes(struct layer *layer);
void conv2d_winograd_forward(const struct node *node, const struct shard *shard);
void conv2d_winograd_input_grad(const struct node *node, const struct shard *shard);
/* The shard's part of the weights' gradient, packed as the weights. */
void conv2d_winograd_weight_grad(const struct node *node, const struct shard *shard,
                                 real *gradient);
/* Block: a panel of outputs, for the forward pass; then of inputs, for the gradient. */
void conv2d_winograd_refresh(const struct node *node, int block);

#endif
