public import StrataNeural
import StrataTelemetry
public import StrataTensor

/// What the encoder and heads of one layer say about a batch of windows.
public struct LayerSummary: Sendable {
  /// Shape `[batch, time, width]`.
  public let features: Tensor
  /// The features as one vector per window, of shape `[batch, width]`.
  public let pooled: Tensor
  /// Unit vectors of shape `[batch, latent]`.
  public let embedding: Tensor

  /// What a fusion needs to know of one layer.
  public init(features: Tensor, pooled: Tensor, embedding: Tensor) {
    (self.features, self.pooled, self.embedding) = (features, pooled, embedding)
  }
}

/// The result of a fusion.
public struct FusedLayers: Sendable {
  /// Shape `[batch, latent]`, not yet of unit length.
  public let embedding: Tensor
  /// How much each layer counted, of shape `[batch, layer]`, with rows that add up to one; `nil` when a fusion has no
  /// such weights.
  public let weights: Tensor?

  /// A fused embedding, with the shares of the layers where there are any.
  public init(embedding: Tensor, weights: Tensor? = nil) { (self.embedding, self.weights) = (embedding, weights) }
}

/// Makes one embedding of the embeddings of all layers.
public protocol LayerFusion: Module {
  /// Fuses one batch.
  ///
  /// - Parameters:
  ///   - layers: One summary per layer of the model, in order.
  ///   - presence: Shape `[batch, layer]`, one where the layer takes part and zero where it is missing; the summary of
  ///     a missing layer has no influence. A window without any layer gives a finite vector that means nothing.
  ///   - context: Training or inference, and the source of randomness.
  func callAsFunction(_ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext) -> FusedLayers
}

extension FusionConfiguration {
  /// Builds the fusion of `layers`, whose features have `width` numbers.
  func makeFusion(
    of layers: [TelemetryLayer], width: Int, latent: Int, using generator: inout Generator
  ) -> any LayerFusion {
    switch self {
    case .gated(let configuration):
      GatedFusion(configuration, layers: layers, width: width, latent: latent, using: &generator)
    case .late: LateFusion()
    case .crossAttention(let configuration):
      CrossAttentionFusion(configuration, layers: layers, width: width, latent: latent, using: &generator)
    case .bottleneck(let configuration):
      BottleneckFusion(configuration, layers: layers, width: width, latent: latent, using: &generator)
    case .registered(let fusion):
      fusion.settings.makeFusion(of: layers, width: width, latent: latent, using: &generator)
    }
  }
}
