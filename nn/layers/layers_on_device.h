#ifndef NN_LAYERS_ON_DEVICE_H
#define NN_LAYERS_ON_DEVICE_H

#include "elementwise.cl"
#include "layer.h"
#include "layer_pools.cl"
#include "layer_products.cl"

/* What layers share of their work on a device. */

/* Returns a grid's place there. */
struct device_grid grid_on_device(const struct pass *pass, const struct grid *grid);
/* Returns the offset there of what a node points to. */
i64 place_on_device(const struct pass *pass, const void *place);
/* Counts the numbers of a grid in all pictures of the batch. */
int64_t numbers_on_device(const struct pass *pass, const struct grid *grid);
/* Returns the shards of the batch. */
int shards_of(const struct pass *pass);

/* Computes a function of x, or of x and y, number by number; y NULL: of x alone. Does nothing if
 * there is nowhere to put it. */
void elementwise_on_device(const struct pass *pass, enum elementwise_function function,
                           const struct grid *x, const struct grid *y, const struct grid *to,
                           real slope);

/* Describes the windows of a pooling layer; factor 0: of maxima. */
struct pool pool_on_device(const struct node *node, const struct pass *pass, real factor);
void pool_back_on_device(const struct node *node, const struct pass *pass, const struct pool *pool);

/* Describes the sums of a matrix layer, its weights' gradient over the whole batch at once. Those
 * of bfloat16 numbers take `products_bytes_on_device` of scratch for each picture. */
struct products products_on_device(const struct node *node, const struct pass *pass);
size_t products_bytes_on_device(const struct layer *layer);
void products_forward_on_device(const struct node *node, const struct pass *pass,
                                struct products products);
/* Computes the gradient of the input where it is needed, and sums up those of the parameters from
 * products->from on in groups of pictures where they learn. */
void products_backward_on_device(const struct node *node, const struct pass *pass,
                                 struct products products);
/* Says where these sums are. */
struct device_gradients products_gradients_on_device(const struct node *node,
                                                     const struct products *products);
/* Makes the derived numbers, rounded weights and transposed ones, as far as there are any. */
void products_refresh_on_device(const struct node *node, const struct pass *pass,
                                const struct products *products);

#endif
