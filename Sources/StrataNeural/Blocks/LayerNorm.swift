public import StrataTensor

/// Centres and scales the last axis, then applies a learned scale and shift.
///
/// Reference: Ba, Kiros and Hinton, "Layer Normalization", 2016.
public struct LayerNorm: Module {
  /// Shape `[width]`.
  public var scale: Tensor
  /// Shape `[width]`.
  public var shift: Tensor
  /// Added to the variance.
  public let epsilon: Float

  /// Creates a norm whose scale is one and whose shift is zero.
  public init(width: Int, epsilon: Float = 1e-5) {
    scale = Tensor(NDArray([width], repeating: 1))
    shift = Tensor(NDArray([width], repeating: 0))
    self.epsilon = epsilon
  }

  /// Normalises every vector of `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, scale: scale, shift: shift, epsilon: epsilon) }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("scale", &scale)
    try visit("shift", &shift)
  }
}
