public import StrataTensor

/// Centres and scales every channel of every window over time, then applies a learned scale and shift.
///
/// Nothing is shared between the windows of a batch, so training and inference agree. Every step sees the whole window:
/// do not put it inside a causal encoder.
///
/// Reference: Ulyanov, Vedaldi and Lempitsky, "Instance Normalization", 2016.
public struct InstanceNorm: Module {
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

  /// Normalises `[batch, time, width]` over time.
  public func callAsFunction(_ x: Tensor) -> Tensor { instanceNorm(x, scale: scale, shift: shift, epsilon: epsilon) }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("scale", &scale)
    try visit("shift", &shift)
  }
}
