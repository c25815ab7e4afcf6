public import StrataNeural
public import StrataTensor

/// A transformer over patches of consecutive steps.
///
/// A patch of one step is an ordinary token per step. Longer patches make attention cheaper by their square; a linear
/// map then gives every step of a patch its own feature. A window that is no multiple of the patch is filled with zeros
/// at its old end, so that the newest patch is always whole. With `causal`, a step sees its own patch and earlier ones.
///
/// Reference: Nie et al., "A Time Series is Worth 64 Words: Long-term Forecasting with Transformers" (PatchTST), ICLR
/// 2023, with the channels of a layer in one token.
public struct PatchTransformerEncoder: LayerEncoder {
  /// From the views of a patch to its token.
  public var input: Linear
  /// Attention between tokens, one block after the other.
  public var blocks: [TransformerBlock]
  /// Applied to the tokens after the last block.
  public var norm: LayerNorm
  /// Gives each step of a patch its feature; absent when a patch is one step.
  public var expansion: Linear?
  public let width: Int
  /// How many steps form one token.
  public let patch: Int
  /// How tokens are told apart.
  public let positions: PatchTransformerConfiguration.Positions

  /// Creates an encoder of `inputs` numbers per step.
  public init(_ configuration: PatchTransformerConfiguration, inputs: Int, using generator: inout Generator) {
    (width, patch, positions) = (configuration.width, configuration.patch, configuration.positions)
    input = Linear(inputs: inputs * patch, outputs: width, using: &generator)
    let rotary = positions == .rotary ? RotaryEmbedding() : nil
    blocks = []
    for _ in 0..<configuration.depth {
      blocks.append(
        TransformerBlock(
          width: width, heads: configuration.heads, hidden: configuration.hidden, dropout: configuration.dropout,
          position: rotary, causal: configuration.causal, using: &generator))
    }
    norm = LayerNorm(width: width)
    expansion = patch > 1 ? Linear(inputs: width, outputs: width * patch, using: &generator) : nil
  }

  public var receptiveField: Int? { nil }

  public func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    let (batch, time) = (x.shape[0], x.shape[1])
    let count = (time + patch - 1) / patch
    let missing = count * patch - time
    let filled = missing > 0 ? pad(x, axis: 1, before: missing, after: 0) : x
    var h = input(filled.reshaped([batch, count, patch * x.shape[2]]))
    if positions == .sinusoidal { h = h + Tensor(sinusoidalPositions(length: count, width: width)) }
    h = norm(TransformerBlock.apply(blocks, to: h, in: &context))
    guard let expansion else { return h }
    let steps = expansion(h).reshaped([batch, count * patch, width])
    return missing > 0 ? steps.slice(axis: 1, missing..<count * patch) : steps
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try input.forEachParameter(in: "input", visit)
    for index in blocks.indices { try blocks[index].forEachParameter(in: "blocks.\(index)", visit) }
    try norm.forEachParameter(in: "norm", visit)
    try expansion?.forEachParameter(in: "expansion", visit)
  }
}
