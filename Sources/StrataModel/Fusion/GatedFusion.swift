public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// A weighted sum of the layers, with weights that each layer's own features decide.
///
/// Every layer offers a value and a score; scores become weights among the layers that are present, so a missing layer
/// takes no part and the others keep their proportions.
///
/// Reference: Arevalo et al., "Gated Multimodal Units for Information Fusion", ICLR workshop 2017, with one gate per
/// layer instead of one per element, so that a gate can be read as the share of a layer.
public struct GatedFusion: LayerFusion {
  /// The offer of each layer, `[width, latent]`.
  public var values: [Linear]
  /// The score of each layer, `[width, 1]`.
  public var scores: [Linear]
  /// From the weighted sum to the joint embedding.
  public var output: Linear
  /// The layers that are fused, in order.
  public let layers: [TelemetryLayer]
  /// How scores become weights.
  public let gates: GatedFusionConfiguration.Gates

  /// Creates a fusion with random weights.
  ///
  /// - Parameters:
  ///   - configuration: Its settings.
  ///   - layers: What is fused, in order.
  ///   - width: The width of the layers' features.
  ///   - latent: The width of the layers' and the joint embedding.
  ///   - generator: The source of randomness.
  public init(
    _ configuration: GatedFusionConfiguration, layers: [TelemetryLayer], width: Int, latent: Int,
    using generator: inout Generator
  ) {
    (self.layers, gates) = (layers, configuration.gates)
    (values, scores) = ([], [])
    for _ in layers {
      values.append(Linear(inputs: width, outputs: latent, using: &generator))
      scores.append(Linear(inputs: width, outputs: 1, using: &generator))
    }
    output = Linear(inputs: latent, outputs: latent, using: &generator)
  }

  public func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    let weights = weights(concatenate(zip(scores, layers).map { $0($1.pooled) }, axis: 1), presence: presence)
    let offers = zip(values, layers).map { gelu($0($1.pooled)) }
    return FusedLayers(embedding: output(mixture(of: offers, weights: weights)), weights: weights)
  }

  private func weights(_ scores: Tensor, presence: NDArray) -> Tensor {
    switch gates {
    case .softmax:
      return softmax(maskedFill(scores, where: presence.isEqual(to: 0), with: -1e9)) * Tensor(presence)
    case .sigmoid:
      let open = sigmoid(scores) * Tensor(presence)
      return open / (open.sum(over: [1], keepingAxes: true) + 1e-12)
    }
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    for index in layers.indices {
      try values[index].forEachParameter(in: "values.\(layers[index].rawValue)", visit)
      try scores[index].forEachParameter(in: "scores.\(layers[index].rawValue)", visit)
    }
    try output.forEachParameter(in: "output", visit)
  }
}
