#ifndef NN_FOLD_H
#define NN_FOLD_H

#include "nn/network/network.h"

/* A network as prediction wants it: the same function of the picture, but without the layers that
 * only training needs, and with each normalization that stands beside a matrix layer folded into
 * that layer's weights and biases. A network of its own with weights of its own, for plan_init().
 */

/* A normalization, of the network it comes from, and the folded network's layer that takes it in.
 */
struct folding {
    const struct layer *norm;
    struct layer *matrix;
    bool behind; /* norm stands behind the matrix layer; else before it */
};

struct folded {
    struct nn_network net;     /* shares its layers' own data with the network it comes from */
    struct nn_weights weights; /* of net */
    const struct layer **from; /* [net.layers] which layer of the other network each one is */
    struct folding *folding;   /* in the order in which they are done */
    int foldings;
    double *scale, *shift; /* of one normalization, [channels] */
};

/* Keeps pointers to the layers of `net`; the weights are still to be taken. -1: out of memory. */
int folded_init(struct folded *folded, const struct nn_network *net);
/* Takes over `weights`, which are of that network, if they changed since the last time. Computed in
 * double, one rounding for each normalization. Tells whether they did. */
bool folded_take(struct folded *folded, const struct nn_weights *weights);
void folded_free(struct folded *folded);

#endif
