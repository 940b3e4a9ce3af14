/* The layer types that descriptions may name. A new layer is one line here. */
#include "nn/layers/layer.h"

extern const struct layer_type layer_linear, layer_conv2d, layer_batchnorm, layer_relu,
    layer_leakyrelu, layer_maxpool, layer_avgpool, layer_globalpool, layer_dropout, layer_flatten,
    layer_residual, layer_shortcut, layer_add;

const struct layer_type *const layer_types[] = {
    &layer_linear,   &layer_conv2d,   &layer_batchnorm,  &layer_relu,    &layer_leakyrelu,
    &layer_maxpool,  &layer_avgpool,  &layer_globalpool, &layer_dropout, &layer_flatten,
    &layer_residual, &layer_shortcut, &layer_add,        NULL,
};
