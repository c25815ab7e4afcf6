/// The numbers that a frozen model multiplies. Sums, norms, attention and activations are in single precision always.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Single precision.
  case fp32
  /// Weights and inputs of the products with many rows or large weights rounded to bfloat16. Fast with AMX; elsewhere as exact, and not faster than
  /// ``fp32``.
  case bf16
}
