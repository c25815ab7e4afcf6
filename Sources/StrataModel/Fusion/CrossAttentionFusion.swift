public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// One learned query that attends to every step of every layer.
///
/// It sees what pooling averages away: a single bad step can decide the embedding. The query itself stands among the
/// keys, so that a window without any layer still has something to attend to.
///
/// - Complexity: O(batch · layers · time · latent²).
///
/// Reference: Jaegle et al., "Perceiver: General Perception with Iterative Attention", ICML 2021, with one latent.
public struct CrossAttentionFusion: LayerFusion {
  /// From a step's features to its key, `[width, latent]`, per layer.
  public var tokens: [Linear]
  /// Shape `[latent]`.
  public var query: Tensor
  /// Tells the layers' steps apart; shape `[layer, latent]`.
  public var modality: Tensor
  /// Applied to the query and to every key.
  public var memoryNorm: LayerNorm
  /// From the query to the steps of all layers.
  public var attention: MultiHeadAttention
  /// Applied before the feed-forward branch.
  public var feedForwardNorm: LayerNorm
  /// The feed-forward branch.
  public var feedForward: MLP
  /// Applied to the query after both branches.
  public var norm: LayerNorm
  /// From the query to the joint embedding.
  public var output: Linear
  /// Applied to what either branch adds.
  public let dropout: Dropout
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
    query = Tensor(generator.normalArray([latent], mean: 0, deviation: 0.02))
    modality = Tensor(generator.normalArray([layers.count, latent], mean: 0, deviation: 0.02))
    memoryNorm = LayerNorm(width: latent)
    attention = MultiHeadAttention(width: latent, heads: configuration.heads, using: &generator)
    feedForwardNorm = LayerNorm(width: latent)
    feedForward = MLP(inputs: latent, hidden: configuration.hidden, outputs: latent, using: &generator)
    norm = LayerNorm(width: latent)
    output = Linear(inputs: latent, outputs: latent, using: &generator)
    dropout = Dropout(rate: configuration.dropout)
  }

  public func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    let (batch, time, latent) = (presence.shape[0], layers[0].features.shape[1], query.shape[0])
    let first = Tensor(NDArray([batch, 1, latent], repeating: 0)) + query
    var memory = [first]
    for index in layers.indices {
      memory.append(
        tokens[index](layers[index].features) + modality.slice(axis: 0, index..<index + 1).reshaped([latent]))
    }
    let keys = memoryNorm(concatenate(memory, axis: 1))
    let asking = keys.slice(axis: 1, 0..<1)
    let attended = attention(asking, attendingTo: keys, keyMask: keyMask(presence, time: time))
    var h = first + dropout(attended, in: &context)
    h = h + dropout(feedForward(feedForwardNorm(h)), in: &context)
    return FusedLayers(embedding: output(norm(h.reshaped([batch, latent]))))
  }

  /// One for the query and for every step of a layer that is present; shape `[batch, 1 + layers · time]`.
  private func keyMask(_ presence: NDArray, time: Int) -> NDArray {
    let (batch, count) = (presence.shape[0], presence.shape[1])
    let present = presence.elements
    return NDArray([batch, 1 + count * time]) { mask in
      var position = 0
      for window in 0..<batch {
        mask[position] = 1
        position += 1
        for layer in 0..<count {
          mask[position..<position + time].update(repeating: present[window * count + layer])
          position += time
        }
      }
    }
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    for index in layers.indices {
      try tokens[index].forEachParameter(in: "tokens.\(layers[index].rawValue)", visit)
    }
    try visit("query", &query)
    try visit("modality", &modality)
    try memoryNorm.forEachParameter(in: "memoryNorm", visit)
    try attention.forEachParameter(in: "attention", visit)
    try feedForwardNorm.forEachParameter(in: "feedForwardNorm", visit)
    try feedForward.forEachParameter(in: "feedForward", visit)
    try norm.forEachParameter(in: "norm", visit)
    try output.forEachParameter(in: "output", visit)
  }
}
