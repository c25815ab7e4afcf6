public import StrataTensor

/// A residual block of a temporal convolutional network: `x + dropout(gelu(convolution(norm(x))))`.
///
/// Stacking blocks with dilations 1, 2, 4, … doubles the receptive field with each.
///
/// Reference: Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
/// Sequence Modeling", 2018; with one convolution, pre-norm and GELU.
public struct TemporalBlock: Module {
  /// Applied to the input of the branch.
  public var norm: LayerNorm
  /// Looks at the current and at earlier steps.
  public var convolution: CausalConvolution
  /// Applied to what the block adds.
  public let dropout: Dropout

  /// Creates a block.
  ///
  /// - Parameters:
  ///   - width: The width of the last axis of input and result.
  ///   - kernel: How many steps the convolution combines.
  ///   - dilation: How far apart those steps lie.
  ///   - dropout: The rate of dropout on what the block adds.
  ///   - generator: The source of randomness.
  public init(
    width: Int, kernel: Int = 3, dilation: Int = 1, dropout: Float = 0, using generator: inout Generator
  ) {
    norm = LayerNorm(width: width)
    convolution = CausalConvolution(
      inputs: width, outputs: width, kernel: kernel, dilation: dilation, using: &generator)
    self.dropout = Dropout(rate: dropout)
  }

  /// How many steps, the current one included, a result depends on.
  public var receptiveField: Int { convolution.receptiveField }

  /// Maps `[batch, time, width]` to the same shape; a step depends on itself and on earlier ones.
  public func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    guard drops(in: context) else { return Self.apply([self], to: x, in: &context) }
    return x + dropout(gelu(convolution(norm(x))), in: &context)
  }

  /// Maps a sequence through blocks one after the other; as one operation when none of them drops anything.
  public static func apply(_ blocks: [TemporalBlock], to x: Tensor, in context: inout ForwardContext) -> Tensor {
    guard !blocks.isEmpty, !blocks.contains(where: { $0.drops(in: context) }) else {
      return blocks.reduce(x) { $1($0, in: &context) }
    }
    return residualConvolutions(x, blocks.map(\.fusible), precision: context.precision)
  }

  private func drops(in context: ForwardContext) -> Bool { dropout.rate > 0 && context.mode == .training }

  private var fusible: ResidualConvolution {
    ResidualConvolution(
      scale: norm.scale, shift: norm.shift, weight: convolution.weight, bias: convolution.bias,
      dilation: convolution.dilation, epsilon: norm.epsilon)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try norm.forEachParameter(in: "norm", visit)
    try convolution.forEachParameter(in: "convolution", visit)
  }
}
