#ifndef CMD_NETWORK_TEXT_H
#define CMD_NETWORK_TEXT_H

#include "nn/nn.h"

#include <jansson.h>

/* "16x28x28"; of a vector "128" alone. */
enum { OUTPUT_TEXT = 64 };
const char *output_text(struct nn_shape shape, char text[OUTPUT_TEXT]);
json_t *output_json(struct nn_shape shape); /* [c, h, w] */

/* Prints the layers with output shape, parameters and multiply-adds, and their sums, as the package
 * torchinfo tells them of PyTorch's; on standard output. */
void print_network(const struct nn_network *net);
json_t *network_json(const struct nn_network *net);

#endif
