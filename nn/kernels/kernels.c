/* Compiled once per instruction set: TABLE names the table, VECTOR_BYTES the vectors' width. Each
 * object exports its table alone. */
#include "channel.h"
#include "elementwise.h"
#include "norm_maxpool.h"
#include "pixels.h"
#include "pool.h"
#include "gemm.h"
#include "update.h"
#include "warp.h"
#include "winograd.h"

const struct kernels TABLE = {
    .name = TABLE_NAME,
    .pixels = pixels,
    .warp_u8 = warp_u8,
    .warp_f32 = warp_f32,
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
    .average = average,
    .winograd_input = winograd_input,
    .winograd_weights = winograd_weights,
    .winograd_output = winograd_output,
    .winograd_output_back = winograd_output_back,
    .winograd_weights_back = winograd_weights_back,
};
