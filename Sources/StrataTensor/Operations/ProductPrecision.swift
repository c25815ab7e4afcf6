internal import CStrataKernels

/// What the operands of products are rounded to; sums are in single precision either way, and so is everything else.
public enum ProductPrecision: String, CaseIterable, Codable, Sendable {
  /// IEEE 754 single precision.
  case fp32
  /// bfloat16: the exponent of single precision and eight bits of its significand. Processors with AMX multiply it many
  /// times faster; elsewhere it gives the same results and takes a little longer.
  case bf16

  /// The kernels of dense maps.
  var dense: sk_dense { self == .fp32 ? kernels.dense_float : kernels.dense_half }
}
