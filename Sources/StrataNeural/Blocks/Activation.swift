public import StrataTensor

/// An element-wise non-linearity that a configuration can name.
public enum Activation: String, Sendable, Codable, CaseIterable {
  case relu, gelu, geluTanh = "gelu-tanh", silu, tanh, sigmoid, softplus

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
