public import StrataNeural
public import StrataTensor

/// A linear map, residual causal convolutions with dilations 1, 2, 4, …, and a final norm.
///
/// A feature depends on its own and earlier steps only, so the encoder can run on a stream.
///
/// Reference: Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
/// Sequence Modeling", 2018.
public struct TemporalConvolutionEncoder: LayerEncoder {
  /// From the views of a step to its features.
  public var input: Linear
  /// Residual convolutions; block `i` has dilation `2^i`.
  public var blocks: [TemporalBlock]
  /// Applied to the features after the last block.
  public var norm: LayerNorm
  public let width: Int

  /// Creates an encoder of `inputs` numbers per step.
  public init(_ configuration: TemporalConvolutionConfiguration, inputs: Int, using generator: inout Generator) {
    width = configuration.width
    input = Linear(inputs: inputs, outputs: width, using: &generator)
    blocks = []
    for level in 0..<configuration.depth {
      blocks.append(
        TemporalBlock(
          width: width, kernel: configuration.kernel, dilation: 1 << level, dropout: configuration.dropout,
          using: &generator))
    }
    norm = LayerNorm(width: width)
  }

  public var receptiveField: Int? { blocks.reduce(1) { $0 + $1.receptiveField - 1 } }

  public func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    norm(TemporalBlock.apply(blocks, to: input(x), in: &context))
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try input.forEachParameter(in: "input", visit)
    for index in blocks.indices { try blocks[index].forEachParameter(in: "blocks.\(index)", visit) }
    try norm.forEachParameter(in: "norm", visit)
  }
}
