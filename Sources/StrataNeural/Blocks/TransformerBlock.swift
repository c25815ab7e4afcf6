public import StrataTensor

/// A pre-norm transformer block: `h = x + attention(norm(x))`, then `h + mlp(norm(h))`, with exact GELU.
///
/// Reference: Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020.
public struct TransformerBlock: Module {
  /// Applied to the input of the first branch.
  public var attentionNorm: LayerNorm
  /// Exchanges information between steps.
  public var attention: MultiHeadAttention
  /// Applied to the input of the second branch.
  public var feedForwardNorm: LayerNorm
  /// Maps every step by itself.
  public var feedForward: MLP
  /// Applied to what either branch adds.
  public let dropout: Dropout

  /// Creates a block.
  ///
  /// - Parameters:
  ///   - width: The width of the last axis of input and result.
  ///   - heads: How many attention heads share the width; divides it.
  ///   - hidden: The width inside the feed-forward branch.
  ///   - dropout: The rate of dropout on what either branch adds.
  ///   - position: Turns queries and keys by their position, when present.
  ///   - causal: Whether a step may look only at itself and at earlier steps.
  ///   - generator: The source of randomness.
  public init(
    width: Int, heads: Int, hidden: Int, dropout: Float = 0, position: RotaryEmbedding? = nil, causal: Bool = false,
    using generator: inout Generator
  ) {
    attentionNorm = LayerNorm(width: width)
    attention = MultiHeadAttention(width: width, heads: heads, causal: causal, position: position, using: &generator)
    feedForwardNorm = LayerNorm(width: width)
    feedForward = MLP(inputs: width, hidden: hidden, outputs: width, activation: .gelu, using: &generator)
    self.dropout = Dropout(rate: dropout)
  }

  /// Maps `[batch, time, width]` to the same shape.
  ///
  /// - Parameters:
  ///   - x: The sequence.
  ///   - keyMask: Shape `[batch, time]`, one where a step may be seen.
  ///   - context: Training or inference, and the source of randomness.
  public func callAsFunction(_ x: Tensor, keyMask: NDArray? = nil, in context: inout ForwardContext) -> Tensor {
    guard drops(in: context) else { return Self.apply([self], to: x, keyMask: keyMask, in: &context) }
    let attended = x + dropout(attention(attentionNorm(x), keyMask: keyMask), in: &context)
    return attended + dropout(feedForward(feedForwardNorm(attended)), in: &context)
  }

  /// Maps a sequence through blocks one after the other; as one operation when none of them drops anything.
  ///
  /// - Parameters:
  ///   - blocks: The blocks, in order.
  ///   - x: Shape `[batch, time, width]`.
  ///   - keyMask: Shape `[batch, time]`, one where a step may be seen.
  ///   - context: Training or inference, and the source of randomness.
  public static func apply(
    _ blocks: [TransformerBlock], to x: Tensor, keyMask: NDArray? = nil, in context: inout ForwardContext
  ) -> Tensor {
    guard !blocks.isEmpty, !blocks.contains(where: { $0.drops(in: context) }) else {
      return blocks.reduce(x) { $1($0, keyMask: keyMask, in: &context) }
    }
    return transformerBlocks(
      x, blocks.map { $0.fusible(time: x.shape[1]) }, keyMask: keyMask, precision: context.precision)
  }

  private func drops(in context: ForwardContext) -> Bool { dropout.rate > 0 && context.mode == .training }

  private func fusible(time: Int) -> ResidualAttention {
    func norm(_ norm: LayerNorm) -> ResidualAttention.Norm {
      ResidualAttention.Norm(scale: norm.scale, shift: norm.shift, epsilon: norm.epsilon)
    }
    func map(_ map: Linear) -> ResidualAttention.Map {
      ResidualAttention.Map(weight: map.weight, bias: map.biasOrZeros)
    }
    let headWidth = attention.projection.weight.shape[1] / attention.heads
    return ResidualAttention(
      attentionNorm: norm(attentionNorm), qkv: map(attention.qkv), projection: map(attention.projection),
      feedForwardNorm: norm(feedForwardNorm), hidden: map(feedForward.hidden), output: map(feedForward.output),
      heads: attention.heads, causal: attention.causal,
      turns: attention.position?.turns(length: time, headWidth: headWidth))
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try attentionNorm.forEachParameter(in: "attentionNorm", visit)
    try attention.forEachParameter(in: "attention", visit)
    try feedForwardNorm.forEachParameter(in: "feedForwardNorm", visit)
    try feedForward.forEachParameter(in: "feedForward", visit)
  }
}
