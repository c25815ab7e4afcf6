public import StrataTensor

/// Two affine maps with a non-linearity between them.
public struct MLP: Module {
  /// From the input to the hidden width.
  public var hidden: Linear
  /// From the hidden width to the result.
  public var output: Linear
  /// What is applied between the maps.
  public let activation: Activation

  /// Creates a perceptron with one hidden stage.
  ///
  /// - Parameters:
  ///   - inputs: The width of the last axis of the input.
  ///   - hidden: The width between the maps.
  ///   - outputs: The width of the last axis of the result.
  ///   - activation: What is applied between the maps.
  ///   - generator: The source of randomness.
  public init(
    inputs: Int, hidden: Int, outputs: Int, activation: Activation = .gelu, using generator: inout Generator
  ) {
    self.hidden = Linear(inputs: inputs, outputs: hidden, using: &generator)
    output = Linear(inputs: hidden, outputs: outputs, using: &generator)
    self.activation = activation
  }

  /// Maps `[…, inputs]` to `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { output(activation(hidden(x))) }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try hidden.forEachParameter(in: "hidden", visit)
    try output.forEachParameter(in: "output", visit)
  }
}
