public import StrataTensor

/// A dilated convolution over time that never looks ahead.
///
/// `y[t] = bias + Σₖ x[t − (kernel − 1 − k)·dilation] · weight[k]`, with zeros before the first step.
public struct CausalConvolution: Module {
  /// Shape `[kernel, inputs, outputs]`; the last tap is the current step.
  public var weight: Tensor
  /// Shape `[outputs]`.
  public var bias: Tensor
  /// How many steps lie between neighbouring taps.
  public let dilation: Int

  /// Creates a convolution whose bias is zero.
  ///
  /// - Parameters:
  ///   - inputs: The width of the last axis of the input.
  ///   - outputs: The width of the last axis of the result.
  ///   - kernel: How many steps are combined; at least one.
  ///   - dilation: How far apart those steps lie; at least one.
  ///   - weights: How the weight is drawn.
  ///   - generator: The source of randomness.
  public init(
    inputs: Int, outputs: Int, kernel: Int, dilation: Int = 1, weights: Initializer = .standard,
    using generator: inout Generator
  ) {
    require(
      kernel >= 1 && dilation >= 1, "CausalConvolution: kernel \(kernel) and dilation \(dilation) must be at least 1")
    weight = Tensor(weights([kernel, inputs, outputs], using: &generator))
    bias = Tensor(NDArray([outputs], repeating: 0))
    self.dilation = dilation
  }

  /// How many steps, the current one included, a result depends on.
  public var receptiveField: Int { (weight.shape[0] - 1) * dilation + 1 }

  /// Maps `[batch, time, inputs]` to `[batch, time, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    causalConvolution(x, weight: weight, bias: bias, dilation: dilation)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("weight", &weight)
    try visit("bias", &bias)
  }
}
