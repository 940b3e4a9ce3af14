#ifndef NN_CONV2D_H
#define NN_CONV2D_H

#include "nn/layers/layer.h"

/* The convolution layer's ways of computing; layer_conv2d.c says how its weights are packed. */

struct conv {
    int outputs, kh, kw, stride, pad;
    bool winograd; /* computed with fewer multiplications, see winograd.h */
};

/* A range in one direction, of a window's taps or of the output's pixels. */
struct span {
    int first, count;
};

/* Counts the packed numbers before the bias. */
static inline size_t conv2d_weight_size(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)panels(own->outputs) * LANES * (size_t)(own->kh * own->kw * layer->in.c);
}

/* ---- Which way suits a layer: geometry.c ---- */

/* Tells whether the weights' gradient is summed over the whole batch at once. Where the output is
 * small, a shard of it is too short a sum for so many weights, and threads take a block of the
 * weights each. Elsewhere all weights' sums over a shard are done while that is in the cache, and
 * added up later. */
bool conv2d_by_batch(const struct layer *layer);
/* Tells whether minimal filtering (winograd.h) is faster. It is then used for whole shards. */
bool conv2d_by_winograd(const struct layer *layer);

/* ---- Sums over windows: forward.c ---- */

/* Positions of `out`, each the product of weights with the `taps_y` x `taps_x` pixels of `in` that
 * it sees. */
struct positions {
    const struct grid *in, *out;
    bool bf16; /* `in` and the weights are pairs, of which a panel's fill half of its place */
    int taps_y, taps_x;
    int from_y, from_x, to_y, to_x; /* of the first position, in `in` and in `out` */
    int h, w;                       /* number of positions */
    int stride_in, stride_out;      /* from position to position */
};
/* Computes the positions of a shard's pictures; weights [panel of out's channels][tap y][tap
 * x][in's channel][LANES], bias [panel][LANES] or NULL. */
void conv2d_products(const real *weights, const real *bias, const struct positions *at,
                     const struct shard *shard);

void conv2d_forward(const struct node *node, const struct shard *shard);
/* Does `rows` of struct layer_type. */
void conv2d_rows(const struct node *node, int picture, int y, const struct grid *out);

/* ---- Gradient of the input: input_grad.c ---- */

/* Returns how far the sums of the input's gradient reach past the ends of the output's. */
int conv2d_border_dout(const struct layer *layer);
void conv2d_input_grad(const struct node *node, const struct shard *shard);
/* Counts the flipped and transposed weights. */
size_t conv2d_flipped_size(const struct layer *layer);
/* Returns the flipped weights of a panel of inputs for one phase of the stride. */
real *conv2d_flipped_panel(const struct layer *layer, real *flipped, int phase_y, int phase_x,
                           int panel);
/* Makes the flipped weights of a panel of inputs. */
void conv2d_flip_panel(const struct node *node, int panel, real *flipped);
/* Pairs them, in place. */
void conv2d_pair_panel(const struct node *node, int panel, real *flipped);

/* ---- Gradient of the parameters: weight_grad.c ---- */

int conv2d_blocks(const struct layer *layer);
/* Counts the numbers of a shard's pairs, of the input and of the output's gradient. */
size_t conv2d_weight_grad_numbers(const struct layer *layer);
/* Sum up the gradient over a shard, unless by batch: weights as they are packed, biases [output].
 */
void conv2d_shard_weight_grad(const struct node *node, const struct shard *shard, real *gradient);
void conv2d_shard_bias_grad(const struct node *node, const struct shard *shard, real *gradient);
void conv2d_rows_grad(const struct node *node, const struct shard *shard, int picture, int y,
                      const struct grid *dout, bool first);
void conv2d_weight_grad(const struct node *node, const struct pass *pass, int block, size_t *begin,
                        size_t *end);

/* ---- With fewer multiplications: winograd.c, winograd_weights.c ---- */

/* States the derived numbers and scratch in layer. */
void conv2d_winograd_sizes(struct layer *layer);
void conv2d_winograd_forward(const struct node *node, const struct shard *shard);
void conv2d_winograd_input_grad(const struct node *node, const struct shard *shard);
/* Sums up the weights' gradient over a shard, packed as the weights. */
void conv2d_winograd_weight_grad(const struct node *node, const struct shard *shard,
                                 real *gradient);
/* Makes the transformed weights of a panel of outputs, for the forward pass, or of inputs, for the
 * gradient: blocks are the panels of outputs, then of inputs. */
void conv2d_winograd_refresh(const struct node *node, int block);

/* ---- The same on a device: winograd_on_device.c ---- */

/* Counts the bytes of its scratch there for each picture. */
size_t conv2d_winograd_bytes_on_device(const struct layer *layer);
void conv2d_winograd_forward_on_device(const struct node *node, const struct pass *pass);
/* Computes the gradients of the weights, of each shard, and of the input, as far as needed. */
void conv2d_winograd_backward_on_device(const struct node *node, const struct pass *pass);
void conv2d_winograd_refresh_on_device(const struct node *node, const struct pass *pass);

#endif
