#ifndef NN_ABSORB_H
#define NN_ABSORB_H

#include "nn/network/network.h"

/* A network for prediction: the same function of the picture, but without the layers that only
 * training needs, and with each normalization next to a matrix layer absorbed into that layer's
 * weights and biases. It is a network with weights of its own, for plan_init(). */

/* A normalization of the original network, and the layer that absorbs it. */
struct absorption {
    const struct layer *norm;
    struct layer *matrix;
    bool after; /* the normalization comes after the matrix layer; else before it */
};

struct absorbed {
    struct nn_network net;         /* shares its layers' own data with the original */
    struct nn_weights weights;     /* of net */
    const struct layer **from;     /* [net.layers] the original layers */
    struct absorption *absorption; /* in the order in which they are computed */
    int absorptions;
    double *scale, *shift; /* of one normalization, [channels] */
};

/* Makes the network, which keeps pointers to the layers of `net`; its weights are still to be
 * taken. Returns -1 when out of memory. */
int absorbed_init(struct absorbed *absorbed, const struct nn_network *net);
/* Computes its weights from those of the original if they changed since the last time: in double,
 * one rounding for each normalization. Tells whether they did. */
bool absorbed_take(struct absorbed *absorbed, const struct nn_weights *weights);
void absorbed_free(struct absorbed *absorbed);

#endif
