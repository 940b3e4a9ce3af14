#ifndef NN_CONV2D_WINOGRAD_H
#define NN_CONV2D_WINOGRAD_H

#include "conv2d.h"
#include "winograd_tiles.h"

/* Convolutions with fewer multiplications, by the transforms of nn/kernels/winograd.h: each tile of
 * 4x4 outputs takes 6x6 numbers of the input, and once these and the weights are transformed every
 * point of the 6x6 is a matrix product by itself, over many tiles:
 *
 *     out[tile][o] at point = sum over i of in[tile][i] at point * weight[i][o] at point.
 *
 * With a stride the convolution is a sum over phases, one for each remainder of the kernel's rows
 * and columns by the stride: convolutions without stride, of at most 3 taps in each direction,
 * whose sum is taken before the output is transformed back. A phase of fewer taps has no term of
 * second degree, thus nothing at infinity, and those products are left out. */

/* Counts the kernel's rows (or columns) of one phase of the stride. */
static inline int taps_of(int kernel, int stride, int phase)
{
    return (kernel - phase + stride - 1) / stride;
}

/* Counts the points, in one direction, where there is something to multiply. */
static inline int points_of(int kernel, int stride, int phase)
{
    return taps_of(kernel, stride, phase) == TAPS ? SIZE : SIZE - 1;
}

static inline int phases(const struct conv *own)
{
    return own->stride * own->stride;
}

/* Counts the lanes of the panels that so many channels take. */
static inline ptrdiff_t lanes_of(int channels)
{
    return (ptrdiff_t)panels(channels) * LANES;
}

/* Counts the weights of all phases at all points: [point][panel of outputs][phase][input][LANES].
 */
static inline size_t winograd_weights_size(const struct layer *layer)
{
    const struct conv *own = layer->own;

    return (size_t)(POINTS * phases(own) * lanes_of(own->outputs) * layer->in.c);
}

/* Return the derived numbers that follow: the flipped weights, and made of these the weights for
 * the gradient of the input: [phase][point][panel of inputs][output][LANES]. */
static inline real *winograd_flipped(const struct node *node)
{
    return node->derived + winograd_weights_size(node->layer);
}
static inline real *winograd_back_weights(const struct node *node)
{
    return winograd_flipped(node) + conv2d_flipped_size(node->layer);
}

/* Transforms the input of all phases: [phase][input] for each tile and point; `inputs` numbers of
 * each phase. */
void winograd_take_input(const struct node *node, void (*transform)(const struct winograd *),
                         int at_once, const struct tiles *tiles, real *to, int inputs,
                         const struct layout *layout);

#endif
