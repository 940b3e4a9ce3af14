/* Compiled once per instruction set: TABLE names the table, VECTOR_BYTES the vectors' width. Only
 * these objects are compiled with contraction into fused multiply-adds, and no statement here
 * leaves a choice of which product to fuse. Each object exports its table alone. */
#include "kernel_channel.h"
#include "kernel_elementwise.h"
#include "kernel_largest.h"
#include "kernel_pixels.h"
#include "kernel_pool.h"
#include "kernel_product.h"
#include "kernel_update.h"
#include "kernel_winograd.h"

const struct kernels TABLE = {
    .name = TABLE_NAME,
    .pixels = pixels,
    .product = product,
    .outer = outer,
    .channel_sums = channel_sums,
    .normalize = normalize,
    .normalize_sums = normalize_sums,
    .normalize_back = normalize_back,
    .relu = relu,
    .relu_back = relu_back,
    .leaky = leaky,
    .leaky_back = leaky_back,
    .max = max,
    .max_back = max_back,
    .mean = mean,
    .mean_back = mean_back,
    .largest = largest,
    .largest_sums = largest_sums,
    .largest_back = largest_back,
    .drop = drop,
    .add_rows = add_rows,
    .add_up = add_up,
    .transpose = transpose,
    .sgd = sgd,
    .adam = adam,
    .winograd_input = winograd_input,
    .winograd_weights = winograd_weights,
    .winograd_output = winograd_output,
    .winograd_output_back = winograd_output_back,
    .winograd_weights_back = winograd_weights_back,
};
