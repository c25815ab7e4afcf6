public import StrataTensor

/// An element-wise non-linearity that a configuration can name.
public enum Activation: String, Sendable, Codable, CaseIterable {
  /// `max(x, 0)`.
  case relu
  /// `x · Φ(x)` with the normal distribution function `Φ`.
  case gelu
  /// `gelu` with `Φ` approximated by a hyperbolic tangent.
  case geluTanh = "gelu-tanh"
  /// `x · sigmoid(x)`.
  case silu
  /// The hyperbolic tangent.
  case tanh
  /// `1 / (1 + exp(−x))`.
  case sigmoid
  /// `log(1 + exp(x))`.
  case softplus

  /// Applies the non-linearity to every element.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: StrataTensor.relu(x)
    case .gelu: StrataTensor.gelu(x, approximation: .exact)
    case .geluTanh: StrataTensor.gelu(x, approximation: .tanh)
    case .silu: StrataTensor.silu(x)
    case .tanh: StrataTensor.tanh(x)
    case .sigmoid: StrataTensor.sigmoid(x)
    case .softplus: StrataTensor.softplus(x)
    }
  }
}
