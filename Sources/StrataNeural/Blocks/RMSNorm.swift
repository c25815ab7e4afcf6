public import StrataTensor

/// Divides the last axis by its root mean square, then applies a learned scale.
///
/// Reference: Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.
public struct RMSNorm: Module {
  /// Shape `[width]`.
  public var scale: Tensor
  /// Added to the mean square.
  public let epsilon: Float

  /// Creates a norm whose scale is one.
  public init(width: Int, epsilon: Float = 1e-5) {
    scale = Tensor(NDArray([width], repeating: 1))
    self.epsilon = epsilon
  }

  /// Normalises every vector of `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { rmsNorm(x, scale: scale, epsilon: epsilon) }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows { try visit("scale", &scale) }
}
