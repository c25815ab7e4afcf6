#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// An operand of a two-dimensional walk: rows `row` elements apart, columns `column` elements apart (zero or one).
typedef struct {
  const float *start;
  ptrdiff_t row, column;
} sk_operand;

/// outᵢ = f(xᵢ).
typedef void (*sk_map)(float *out, const float *x, size_t count);
/// outᵢ = gᵢ · f′, with f′ from vᵢ: the argument of f, or its value where the name says so.
typedef void (*sk_slope)(float *out, const float *g, const float *v, size_t count);
/// out = f(a, b) over `rows × columns`; the result is contiguous.
typedef void (*sk_combine)(float *out, sk_operand a, sk_operand b, size_t rows, size_t columns);

/// A causal dilated convolution of `batch` sequences: weight [taps][inputs][outputs], tap `taps - 1` at the current step.
typedef struct {
  size_t batch, time, inputs, outputs, taps, dilation;
} sk_convolution;

/// An affine map or a convolution of one sequence: row i of the result is the bias and, for every tap, the product of the
/// row at `x + i · x_row + tap · tap_row` with the weight of the tap.
///
/// Convolutions of three taps are computed for pairs of rows in the variants that gain by it, which changes the last
/// digits. Which form a row takes depends on its index in its sequence alone, so that a sample gets the same bits
/// whatever it is computed with: see `dense_pairs.inc`. Other maps do not look at indices.
typedef struct {
  size_t rows, taps, inputs, outputs;
  /// Elements between rows of x, between what two taps see, and between rows of the result.
  size_t x_row, tap_row, out_row;
  /// The first taps that are left out, because they see nothing but zeros; `x` is what the next one sees.
  size_t skipped;
  /// The steps between taps, positive where there is more than one.
  size_t dilation;
  /// The index of the first row in its sequence, which others follow one by one, or those of all rows, where they do not.
  /// Taps of rows with an index below `(taps - 1) · dilation` that reach for what is before the sequence see zeros.
  size_t first;
  const ptrdiff_t *_Nullable indices;
  /// Where the sums before GELU are kept as well, with rows that lie as those of the result.
  float *_Nullable kept;
} sk_dense_shape;

/// The shape of an affine map of rows.
static inline sk_dense_shape sk_map_shape(size_t rows, size_t inputs, size_t outputs, size_t x_row, size_t out_row) {
  sk_dense_shape shape = {rows, 1, inputs, outputs, x_row, 0, out_row, 0, 0, 0, 0, 0};
  return shape;
}

/// What is done with the sums of a dense map, in this order: GELU, then adding what is at the place of the result.
enum { sk_after_nothing = 0, sk_after_gelu = 1, sk_after_add = 2 };

/// The greatest taps · inputs of a dense map of bytes: 127² · 2¹⁷ fits into 32 bits with a sign.
enum { sk_most_byte_terms = 1 << 17 };

/// Dense maps with weights of one precision, packed once for one variant of the kernels.
typedef struct {
  /// The bytes of a packed weight.
  size_t (*packed_bytes)(size_t taps, size_t inputs, size_t outputs);
  /// Packs a weight whose element (tap · inputs + k, j) lies at `weight[(tap · inputs + k) · row + j · column]`.
  void (*pack)(void *packed, const float *weight, size_t row, size_t column, size_t taps, size_t inputs, size_t outputs);
  /// The bytes of memory that `apply` needs for itself.
  size_t (*scratch_bytes)(sk_dense_shape shape);
  void (*apply)(float *out, const float *x, const void *packed, const float *_Nullable bias, sk_dense_shape shape,
                int after, void *_Nullable scratch);
} sk_dense;

/// Attention of one head: queries, keys and values are rows of `width` elements, `query_row` and `key_row` apart.
typedef struct {
  size_t queries, keys, width, query_row, key_row, out_row;
  float scale;
  /// Whether a query sees only keys up to its own; the last query is aligned with the last key.
  int causal;
} sk_attention;

/// What AdamW does in one step; the corrections are 1 / (1 - βᵗ).
typedef struct {
  float rate, beta1, beta2, epsilon, decay, correction1, correction2;
} sk_adamw_step;

/// A loop of multiplications with addition that never leaves the registers: what arithmetic is bound by.
typedef struct {
  /// The operations of one round, two for each multiplication with addition; zero where there is no such unit.
  size_t operations;
  /// Runs so many rounds; the result only keeps the compiler from leaving them out.
  float (*_Nullable run)(size_t rounds);
} sk_limit;

/// One implementation of every kernel, compiled for one instruction set.
typedef struct {
  const char *name;
  /// The columns and the inner extent that one block of a matrix product takes.
  size_t panel, depth;

  sk_map exp, log, tanh, sigmoid, softplus, silu, gelu, gelu_tanh, relu;
  sk_slope tanh_slope_of_value, sigmoid_slope_of_value, softplus_slope, silu_slope, gelu_slope, gelu_tanh_slope,
      relu_slope_of_value;
  sk_combine add, subtract, multiply, divide, maximum, minimum;
  /// outᵢ = scale · xᵢ + shift.
  void (*affine)(float *out, const float *x, float scale, float shift, size_t count);
  /// yᵢ += a · xᵢ.
  void (*axpy)(float *y, float a, const float *x, size_t count);

  /// Σ aᵢ·bᵢ in double precision.
  double (*dot)(const float *a, const float *b, size_t count);
  /// Σ aᵢ in double precision.
  double (*sum)(const float *a, size_t count);
  /// Σ mᵢ · (xᵢ - rᵢ)², or, when `s` is given, Σ mᵢ · (sᵢ + (xᵢ - rᵢ)² · exp(-sᵢ)); Σ mᵢ goes to `total`.
  double (*masked_error)(const float *x, const float *r, const float *_Nullable s, const float *mask, size_t count,
                         double *total);
  /// outᵣ = scale · Σ over the row.
  void (*sum_rows)(float *out, const float *x, size_t rows, size_t columns, double scale);
  /// out = scale · Σ over the column, in double precision.
  void (*sum_columns)(float *out, const float *x, size_t rows, size_t columns, double scale);

  /// The greatest of each row; not a number if one is.
  void (*max_rows)(float *out, const float *x, size_t rows, size_t columns);

  /// Softmax of each row; zeros for a row of minus infinities. `out` may be `x`.
  void (*softmax)(float *out, const float *x, size_t rows, size_t columns);
  /// out = y · (g - Σ g·y) per row. `out` may be `g`.
  void (*softmax_slope)(float *out, const float *g, const float *y, size_t rows, size_t columns);
  /// log Σ exp of each row.
  void (*log_sum_exp)(float *out, const float *x, size_t rows, size_t columns);
  /// out = x - log Σ exp per row.
  void (*log_softmax)(float *out, const float *x, size_t rows, size_t columns);
  /// out = g - exp(y) · Σ g per row.
  void (*log_softmax_slope)(float *out, const float *g, const float *y, size_t rows, size_t columns);

  /// out = (x - mean) · reciprocal · scale + shift per row; mean and reciprocal deviation are kept.
  void (*layer_norm)(float *out, float *means, float *reciprocals, const float *x, const float *scale,
                     const float *shift, size_t rows, size_t width, float epsilon);
  /// All gradients of layer norm in one pass; those of scale and shift are added to.
  void (*layer_norm_slope)(float *dx, double *dscale, double *dshift, const float *g, const float *x,
                           const float *means, const float *reciprocals, const float *scale, size_t rows, size_t width);
  /// out = x · reciprocal · scale per row, reciprocal = 1 / √(mean square + ε).
  void (*rms_norm)(float *out, float *reciprocals, const float *x, const float *scale, size_t rows, size_t width,
                   float epsilon);
  /// All gradients of RMS norm in one pass; that of scale is added to.
  void (*rms_norm_slope)(float *dx, double *dscale, const float *g, const float *x, const float *reciprocals,
                         const float *scale, size_t rows, size_t width);
  /// out = x / max(‖x‖, ε) per row; the norms are kept.
  void (*l2_normalize)(float *out, float *norms, const float *x, size_t rows, size_t width, float epsilon);
  /// dx = (g - y · Σ g·y) / ‖x‖ per row, or g / ε where the norm is smaller.
  void (*l2_normalize_slope)(float *dx, const float *g, const float *y, const float *norms, size_t rows, size_t width,
                             float epsilon);

  /// C = scale · A · B, plus `bias` in every row if given, plus C itself if `accumulate`. Element (i, k) of A lies at `a[i * a_row + k * a_column]`; one of the two strides is one. B is
  /// row-major with stride `b_row`, or its transpose is when `b_transposed`. `scratch` holds `min(k, depth)` rows of n
  /// floats, n rounded up to a multiple of `panel`.
  void (*product)(float *c, size_t c_row, const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                  int b_transposed, size_t m, size_t n, size_t k, float scale, const float *_Nullable bias, int accumulate,
                  float *scratch);
  /// The convolution; `scratch` holds the weight, outputs rounded up to a multiple of `panel`.
  void (*convolution)(float *out, const float *x, const float *weight, const float *_Nullable bias, sk_convolution shape,
                      float *scratch);
  /// Its gradient in the direction of x; `scratch` holds the weight, inputs rounded up to a multiple of
  /// `panel`.
  void (*convolution_input_slope)(float *dx, const float *g, const float *weight, sk_convolution shape, float *scratch);
  /// Its gradient in the direction of the weight; `scratch` as for a product of n = outputs and k = time.
  void (*convolution_weight_slope)(float *dweight, const float *g, const float *x, sk_convolution shape, float *scratch);

  /// Dense maps with weights in single precision.
  sk_dense dense_float;
  /// Dense maps with weights and inputs rounded to bfloat16, and sums in single precision.
  sk_dense dense_half;
  /// Dense maps with weights and inputs rounded to -127 ... 127, the weights of an output in steps of their own, and
  /// sums in exact integers of 32 bits: taps · inputs is at most `sk_most_byte_terms`, beyond which sums wrap around. A
  /// row that sees what is not a number becomes that.
  sk_dense dense_byte;
  /// Sets in a packed weight of bytes the magnitude of an input that 127 steps are; greater ones count as that. It is 127
  /// until then.
  void (*dense_byte_range)(void *packed, float largest);

  /// Prepares the gradient of the weight of a convolution of three taps for pairs of rows, in the variants that gain by it:
  /// four matrices of rows of x, and four of rows of g, one after another, of as many rows as are returned, at most
  /// (time + dilation) / 2. With mₖ the product of the k-th of x, transposed, and the k-th of g, the gradients of the taps
  /// are m₀ + (m₁ + m₂) / 2, (m₁ - m₂) / 2 and m₃ + (m₁ + m₂) / 2. The `2 · dilation` rows before x are read.
  size_t (*_Nullable pair_operands)(float *left, float *right, const float *x, const float *g, size_t time,
                                    size_t dilation, size_t inputs, size_t outputs);

  /// out = g · gelu′(c) with the GELU of dense maps; the sums of its columns are added to `sums`.
  void (*gelu_and_bias_slope)(float *out, double *sums, const float *g, const float *c, size_t rows, size_t width);
  /// out = x + gelu(c) with the GELU of dense maps, or gelu(c) without x; `out` may be `x`.
  void (*add_gelu)(float *out, const float *_Nullable x, const float *c, size_t count);
  /// Adds the sums of the columns to `sums`.
  void (*add_columns)(double *sums, const float *x, size_t rows, size_t width);
  /// out[j · out_row + i] = x[i · x_row + j].
  void (*transpose)(float *out, size_t out_row, const float *x, size_t x_row, size_t rows, size_t columns);
  /// Turns neighbouring pairs of `heads` vectors of `width` elements per row, in place. `turns` holds a cosine and a sine
  /// per row and pair; a `direction` of -1 turns back.
  void (*turn_pairs)(float *x, size_t x_row, const float *turns, size_t rows, size_t heads, size_t width, float direction);
  /// Rounds x · inverse to 16 bits, puts that in place of `oldest` and corrects the sums of all such rows.
  void (*pool_replace)(int32_t *sums, int16_t *oldest, const float *x, const float *inverse, size_t width);
  /// The bytes of memory that `attention` needs for itself.
  size_t (*attention_scratch)(size_t keys, size_t width);
  /// out = softmax(scale · q · kᵀ) · v; only keys whose `mask` is not zero are seen, and a query that sees none gives
  /// zeros. Values are finite, also those that are not seen.
  void (*attention)(float *out, const float *q, const float *k, const float *v, sk_attention shape,
                    const float *_Nullable mask, void *scratch);
  /// The bytes of memory that `attention_slope` needs for itself.
  size_t (*attention_slope_scratch)(sk_attention shape);
  /// The gradients of attention from that of its result, `g`, whose rows lie as those of the result; dq lies as q, dk and
  /// dv as k.
  void (*attention_slope)(float *dq, float *dk, float *dv, const float *g, const float *q, const float *k, const float *v,
                          sk_attention shape, const float *_Nullable mask, void *scratch);
  /// The bytes of memory that `attend_newest` needs for itself.
  size_t (*attend_newest_scratch)(size_t capacity, size_t heads);
  /// Attention of the newest step of a stream: `q` and `out` are heads of `width` elements one after another. Element e of
  /// kept key i lies at `keys[e * capacity + i]`, over all heads; kept values are rows of `heads · width` elements. The
  /// first `seen` are seen, at least one; in which order they came does not matter.
  void (*attend_newest)(float *out, const float *q, const float *keys, const float *values, size_t seen, size_t capacity,
                        size_t heads, size_t width, float scale, void *scratch);

  /// One AdamW step: moments and parameter in one pass.
  void (*adamw)(float *parameter, float *first, float *second, const float *gradient, size_t count, sk_adamw_step step);

  /// outᵢ = scale · xᵢ where the random bits are below `threshold`, else zero. Element i takes half (i mod 2) of word
  /// i / 2 of the SplitMix sequence with this state and step.
  void (*dropout)(float *out, const float *x, size_t count, uint64_t state, uint64_t step, uint64_t threshold, float scale);

  /// The CRC-32C state after `count` more bytes; neither argument nor result is inverted.
  uint32_t (*crc32c)(uint32_t state, const uint8_t *bytes, size_t count);

  /// What products in single precision, in bfloat16 and of bytes are bound by; only AMX has units for the last two.
  sk_limit limit_float, limit_half, limit_byte;
} sk_table;

/// The number of variants this processor can run, portable one first.
size_t sk_variant_count(void);

/// The variant at `index`; the last one is the widest this processor supports.
const sk_table *sk_variant(size_t index);

/// Whether there is a variant of this name, on whatever processor.
int sk_has_variant(const char *name);

/// The variant this process uses: the one that STRATA_KERNELS names, else the widest. NULL when the name is unknown or
/// this processor cannot run the variant; who calls this decides what happens then.
///
/// Chosen at the first call that finds one.
const sk_table *_Nullable sk_active(void);

/// The bytes of the second cache of a processor; half a megabyte where the system does not tell.
size_t sk_second_cache(void);

/// Adds to a number that every thread has for itself, zero at first, and returns it.
int64_t sk_bytes_of_thread(int64_t change);

/// The CRC-32C (Castagnoli) checksum of `count` bytes that follow bytes of checksum `seed`; `seed` is zero at the start.
/// All variants compute the same; the portable one does where STRATA_KERNELS cannot be used.
uint32_t sk_crc32c(const void *_Nullable bytes, size_t count, uint32_t seed);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
