#ifndef NN_NETWORK_H
#define NN_NETWORK_H

#include "nn/layers/layer.h"

struct nn_network {
    struct nn_shape input;
    int classes;
    enum nn_precision precision;
    int layers; /* with the two ends: layer[0] is the input, the last the softmax */
    struct layer *layer;
    size_t parameters, statistics, derived; /* packed numbers of all layers */
    char *description;
};

struct nn_weights {
    const struct nn_network *net;
    real *parameters, *statistics;
    uint64_t version; /* grows whenever they change */
};

enum { LAYER_TEXT = 80 };
/* Writes a layer as descriptions spell it. */
void layer_text(const struct layer *layer, char text[LAYER_TEXT]);
/* Counts the trained numbers, unpadded. */
int64_t layer_parameters(const struct layer *layer);

/* Says what the word of another framework, as "Dense(10)", is here, or why there is no such layer;
 * NULL: it is none that is known. */
const char *foreign_layer(const char *text);

#endif
