public import StrataTensor

/// A learned affine map of the last axis: `x · weight + bias`, or a linear one without bias.
public struct Linear: Module {
  /// Shape `[inputs, outputs]`.
  public var weight: Tensor
  /// Shape `[outputs]`; `nil` for a map without bias.
  public var bias: Tensor?

  /// Creates a map whose bias is zero, or which has none.
  ///
  /// - Parameters:
  ///   - inputs: The width of the last axis of the input.
  ///   - outputs: The width of the last axis of the result.
  ///   - bias: Whether the map has a bias; the weight is the same with and without.
  ///   - weights: How the weight is drawn.
  ///   - generator: The source of randomness; equal states give equal maps.
  public init(
    inputs: Int, outputs: Int, bias: Bool = true, weights: Initializer = .standard, using generator: inout Generator
  ) {
    weight = Tensor(weights([inputs, outputs], using: &generator))
    self.bias = bias ? Tensor(NDArray([outputs], repeating: 0)) : nil
  }

  /// The bias, or zeros that nothing trains: for operations that always add one.
  var biasOrZeros: Tensor { bias ?? Tensor(NDArray([weight.shape[1]], repeating: 0)) }

  /// Maps `[…, inputs]` to `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { affine(x, weight: weight, bias: bias) }

  /// Applies some consecutive outputs only, as if the map had been split.
  ///
  /// Cutting the weight moves less memory than cutting the result.
  func callAsFunction(_ x: Tensor, outputs: Range<Int>) -> Tensor {
    affine(x, weight: weight.slice(axis: 1, outputs), bias: bias?.slice(axis: 0, outputs))
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("weight", &weight)
    if bias != nil { try visit("bias", &bias!) }
  }
}
