#ifndef NN_PIXELS_H
#define NN_PIXELS_H

#include "nn/nn.h"

/* Sets value[256] to what each U8 pixel becomes, in float as PyTorch's ToTensor and Normalize. */
static inline void pixel_values(const struct nn_input *input, nn_real *value)
{
    for (int v = 0; v < 256; v++)
        value[v] = ((float)v / input->divisor - input->mean) / input->std;
}

#endif
