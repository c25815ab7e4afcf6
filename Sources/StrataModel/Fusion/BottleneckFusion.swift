public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// A class token and one token per layer, through one transformer block; the class token is the result.
///
/// Layers exchange information only through these few tokens. A missing layer's token cannot be attended to.
///
/// Reference: Nagrani et al., "Attention Bottlenecks for Multimodal Fusion", NeurIPS 2021, with one token per layer.
public struct BottleneckFusion: LayerFusion {
  /// From pooled features to the token of each layer, `[width, latent]`.
  public var tokens: [Linear]
  /// Shape `[latent]`.
  public var classToken: Tensor
  /// Tells the layers' tokens apart; shape `[layer, latent]`.
  public var modality: Tensor
  /// The one place where layers exchange information.
  public var block: TransformerBlock
  /// Applied to the class token after the block.
  public var norm: LayerNorm
  /// From the class token to the joint embedding.
  public var output: Linear
  /// The layers that are fused, in order.
  public let layers: [TelemetryLayer]

  /// Creates a fusion with random weights.
  ///
  /// - Parameters:
  ///   - configuration: Its settings.
  ///   - layers: What is fused, in order.
  ///   - width: The width of the layers' features.
  ///   - latent: The width of the layers' and the joint embedding.
  ///   - generator: The source of randomness.
  public init(
    _ configuration: AttentionFusionConfiguration, layers: [TelemetryLayer], width: Int, latent: Int,
    using generator: inout Generator
  ) {
    self.layers = layers
    tokens = []
    for _ in layers { tokens.append(Linear(inputs: width, outputs: latent, using: &generator)) }
    classToken = Tensor(generator.normalArray([latent], mean: 0, deviation: 0.02))
    modality = Tensor(generator.normalArray([layers.count, latent], mean: 0, deviation: 0.02))
    block = TransformerBlock(
      width: latent, heads: configuration.heads, hidden: configuration.hidden, dropout: configuration.dropout,
      using: &generator)
    norm = LayerNorm(width: latent)
    output = Linear(inputs: latent, outputs: latent, using: &generator)
  }

  public func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    let (batch, latent) = (presence.shape[0], classToken.shape[0])
    let layerTokens = stack(zip(tokens, layers).map { $0($1.pooled) }, axis: 1) + modality
    let first = Tensor(NDArray([batch, 1, latent], repeating: 0)) + classToken
    let visible = concatenate([NDArray([batch, 1], repeating: 1), presence], axis: 1)
    let mixed = block(concatenate([first, layerTokens], axis: 1), keyMask: visible, in: &context)
    return FusedLayers(embedding: output(norm(mixed.slice(axis: 1, 0..<1).reshaped([batch, latent]))))
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    for index in layers.indices {
      try tokens[index].forEachParameter(in: "tokens.\(layers[index].rawValue)", visit)
    }
    try visit("classToken", &classToken)
    try visit("modality", &modality)
    try block.forEachParameter(in: "block", visit)
    try norm.forEachParameter(in: "norm", visit)
    try output.forEachParameter(in: "output", visit)
  }
}
