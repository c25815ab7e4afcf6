/// The numbers that a frozen model multiplies. Norms, attention and activations are in single precision always.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Single precision.
  case fp32
  /// Weights and inputs of the products with many rows or large weights rounded to bfloat16. Fast, and half as large, with
  /// AMX; elsewhere as exact, and neither faster nor smaller than ``fp32``.
  case bf16
  /// Weights and inputs of the products inside encoders, decoders and the attention of a fusion rounded to 255 steps: the
  /// steps of a weight are those of its output, those of the inputs come from windows that the model is calibrated with. Sums are exact
  /// integers up to 2¹⁷ products; a map with more (inputs times taps) is computed in single precision.
  case int8
}
