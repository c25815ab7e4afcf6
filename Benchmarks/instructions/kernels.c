// Calls every main kernel once, each from a function of its own, for `count.py` to count the instructions of that.
#include <stdio.h>
#include <string.h>

#include "CStrataKernels.h"

enum { room = 1 << 16 };

static float x[room], y[room], z[room], out[room], out2[room], packed[room], scratch[4 * room]
    __attribute__((aligned(64)));
static double sums[room], more_sums[room];
static int32_t pooled[room];
static int16_t oldest[room];
static sk_table kernels;

/// The same numbers in every buffer before every kernel, from -1 to 1.
static void reset(void) {
  uint32_t state = 1;
  for (size_t i = 0; i < room; i++) {
    state = state * 1664525u + 1013904223u;
    float number = (float)(state >> 8) / (float)(1u << 23) - 1;
    x[i] = number;
    y[(i * 7 + 3) % room] = number;
    z[i] = out[i] = out2[i] = number * number;
    sums[i] = more_sums[i] = 0;
    pooled[i] = oldest[i] = 0;
  }
}

/// A kernel: its name, what is prepared, and the call that is counted.
#define KERNEL(name, prepare, call)                                    \
  static void prepare_##name(void) { prepare; }                        \
  __attribute__((noinline)) static void count_##name(void) { call; } \
  static void run_##name(void) {                                       \
    reset();                                                           \
    prepare_##name();                                                  \
    count_##name();                                                    \
  }

/// A convolution of 128 steps, as in an encoder, and of 24 entities in a stream, whose taps lie in one row.
static const sk_dense_shape window = {.rows = 128, .taps = 3, .inputs = 64, .outputs = 64, .x_row = 64, .tap_row = 128,
                                      .out_row = 64, .dilation = 2};
static const sk_dense_shape input = {.rows = 128, .taps = 1, .inputs = 24, .outputs = 64, .x_row = 24, .out_row = 64};
static const ptrdiff_t indices[24] = {8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11};
static const sk_dense_shape stream = {.rows = 24, .taps = 3, .inputs = 64, .outputs = 64, .x_row = 192, .tap_row = 64,
                                      .out_row = 64, .dilation = 2, .indices = indices};
static const sk_dense_shape head = {.rows = 1, .taps = 1, .inputs = 128, .outputs = 128, .x_row = 128, .out_row = 128};

#define DENSE(name, kind, shape, after)                                                                       \
  KERNEL(name, kernels.kind.pack(packed, y, shape.outputs, 1, shape.taps, shape.inputs, shape.outputs), \
         kernels.kind.apply(out, x, packed, z, shape, after, scratch))

DENSE(dense_float_128x64_3_taps_gelu_add, dense_float, window, sk_after_gelu | sk_after_add)
DENSE(dense_float_128x24x64, dense_float, input, sk_after_nothing)
DENSE(dense_float_24x64_3_taps_of_streams, dense_float, stream, sk_after_gelu)
DENSE(dense_float_1x128x128, dense_float, head, sk_after_nothing)
DENSE(dense_half_128x64_3_taps_gelu_add, dense_half, window, sk_after_gelu | sk_after_add)
DENSE(dense_half_24x64_3_taps_of_streams, dense_half, stream, sk_after_gelu)
DENSE(dense_byte_128x64_3_taps_gelu_add, dense_byte, window, sk_after_gelu | sk_after_add)

static const sk_attention whole = {.queries = 128, .keys = 128, .width = 16, .query_row = 64, .key_row = 64,
                                   .out_row = 64, .scale = 0.25f};
static const sk_attention causal = {.queries = 128, .keys = 128, .width = 16, .query_row = 64, .key_row = 64,
                                    .out_row = 64, .scale = 0.25f, .causal = 1};
KERNEL(attention_128x16, , kernels.attention(out, x, y, z, whole, 0, scratch))
KERNEL(attention_128x16_causal, , kernels.attention(out, x, y, z, causal, 0, scratch))
KERNEL(attention_slope_128x16, , kernels.attention_slope(out, out2, packed, x, x, y, z, whole, 0, scratch))
KERNEL(attend_newest_4x16_of_128, , kernels.attend_newest(out, x, y, z, 128, 128, 4, 16, 0.25f, scratch))

KERNEL(pair_operands_128x64, , kernels.pair_operands(out, packed, x + 4 * 64, y, 128, 2, 64, 64))
KERNEL(product_512x64x64, , kernels.product(out, 64, x, 64, 1, y, 64, 0, 512, 64, 64, 1, z, 0, scratch))
KERNEL(product_512x64x64_b_transposed, , kernels.product(out, 64, x, 64, 1, y, 64, 1, 512, 64, 64, 1, 0, 0, scratch))
KERNEL(product_64x64x512_a_transposed, , kernels.product(out, 64, x, 1, 64, y, 64, 0, 64, 64, 512, 1, 0, 1, scratch))

static const sk_convolution convolution = {.batch = 4, .time = 128, .inputs = 64, .outputs = 64, .taps = 3,
                                           .dilation = 2};
KERNEL(convolution_4x128x64, , kernels.convolution(out, x, y, z, convolution, scratch))
KERNEL(convolution_input_slope_4x128x64, , kernels.convolution_input_slope(out, x, y, convolution, scratch))
KERNEL(convolution_weight_slope_4x128x64, , kernels.convolution_weight_slope(out, x, y, convolution, scratch))

KERNEL(layer_norm_128x64, , kernels.layer_norm(out, out2, out2 + 128, x, y, z, 128, 64, 1e-5f))
KERNEL(layer_norm_slope_128x64, , kernels.layer_norm_slope(out, sums, more_sums, x, y, z, z + 128, z, 128, 64))
KERNEL(l2_normalize_16x128, , kernels.l2_normalize(out, out2, x, 16, 128, 1e-12f))
KERNEL(softmax_128x128, , kernels.softmax(out, x, 128, 128))
KERNEL(softmax_slope_128x128, , kernels.softmax_slope(out, x, y, 128, 128))
KERNEL(exp_8192, , kernels.exp(out, x, 8192))
KERNEL(gelu_8192, , kernels.gelu(out, x, 8192))
KERNEL(gelu_slope_8192, , kernels.gelu_slope(out, x, y, 8192))
KERNEL(add_gelu_8192, , kernels.add_gelu(out, x, y, 8192))
KERNEL(gelu_and_bias_slope_128x64, , kernels.gelu_and_bias_slope(out, sums, x, y, 128, 64))
KERNEL(sum_columns_128x64, , kernels.sum_columns(out, x, 128, 64, 1))
KERNEL(masked_error_8192, , kernels.masked_error(x, y, 0, z, 8192, sums))
KERNEL(dot_8192, , kernels.dot(x, y, 8192))
KERNEL(adamw_8192, , kernels.adamw(out, out2, z, x, 8192, ((sk_adamw_step){1e-3f, .9f, .999f, 1e-8f, .01f, 1, 1})))
KERNEL(dropout_8192, , kernels.dropout(out, x, 8192, 1, 0x9E3779B97F4A7C15u, 1u << 15, 2))
KERNEL(pool_replace_64, , kernels.pool_replace(pooled, oldest, x, z, 64))
KERNEL(crc32c_65536, , kernels.crc32c(~0u, (const uint8_t *)x, 65536))

int main(void) {
  kernels = *sk_active();
  puts(kernels.name);
  run_dense_float_128x64_3_taps_gelu_add();
  run_dense_float_128x24x64();
  run_dense_float_24x64_3_taps_of_streams();
  run_dense_float_1x128x128();
  run_dense_half_128x64_3_taps_gelu_add();
  run_dense_half_24x64_3_taps_of_streams();
  run_dense_byte_128x64_3_taps_gelu_add();
  run_attention_128x16();
  run_attention_128x16_causal();
  run_attention_slope_128x16();
  run_attend_newest_4x16_of_128();
  run_pair_operands_128x64();
  run_product_512x64x64();
  run_product_512x64x64_b_transposed();
  run_product_64x64x512_a_transposed();
  run_convolution_4x128x64();
  run_convolution_input_slope_4x128x64();
  run_convolution_weight_slope_4x128x64();
  run_layer_norm_128x64();
  run_layer_norm_slope_128x64();
  run_l2_normalize_16x128();
  run_softmax_128x128();
  run_softmax_slope_128x128();
  run_exp_8192();
  run_gelu_8192();
  run_gelu_slope_8192();
  run_add_gelu_8192();
  run_gelu_and_bias_slope_128x64();
  run_sum_columns_128x64();
  run_masked_error_8192();
  run_dot_8192();
  run_adamw_8192();
  run_dropout_8192();
  run_pool_replace_64();
  run_crc32c_65536();
}
