/* Compiled once per instruction set: TABLE names the table, VECTOR_BYTES the vectors' width. Each
 * object exports its table alone. */
#include "channel.h"
#include "elementwise.h"
#include "gemm.h"
#include "norm_maxpool.h"
#include "pairs.h"
#include "pixels.h"
#include "pool.h"
#include "update.h"
#include "warp.h"
#include "winograd.h"

const struct kernels TABLE = {
    .name = TABLE_NAME,
    .pixels = pixels,
    .warp_u8 = warp_u8,
    .warp_f32 = warp_f32,
    .gemm = gemm,
    .gemm_weight_grad = gemm_weight_grad,
#ifndef NN_DOUBLE
    .gemm_bf16 = gemm_bf16,
    .gemm_weight_grad_bf16 = gemm_weight_grad_bf16,
    .pair_neighbours = pair_neighbours,
    .pair_rows = pair_rows,
#endif
    .channel_sums = channel_sums,
    .normalize = normalize,
    .normalize_sums = normalize_sums,
    .normalize_back = normalize_back,
    .relu = relu,
    .add = add,
    .add_relu = add_relu,
    .relu_back = relu_back,
    .leaky_relu = leaky_relu,
    .leaky_relu_back = leaky_relu_back,
    .maxpool = maxpool,
    .maxpool_back = maxpool_back,
    .avgpool = avgpool,
    .avgpool_back = avgpool_back,
    .norm_maxpool = norm_maxpool,
    .norm_maxpool_sums = norm_maxpool_sums,
    .norm_maxpool_back = norm_maxpool_back,
    .dropout = dropout,
    .sum_rows = sum_rows,
    .sum_parts = sum_parts,
    .transpose = transpose,
    .sgd = sgd,
    .adam = adam,
    .ema = ema,
    .winograd_input = winograd_input,
    .winograd_weights = winograd_weights,
    .winograd_output = winograd_output,
    .winograd_output_back = winograd_output_back,
    .winograd_weights_back = winograd_weights_back,
#ifndef NN_DOUBLE
    .winograd_input_bf16 = winograd_input_bf16,
    .winograd_input_tiles_bf16 = winograd_input_tiles_bf16,
    .winograd_output_back_tiles_bf16 = winograd_output_back_tiles_bf16,
#endif
};
