public import StrataTelemetry
public import StrataTensor

/// What a model says about one telemetry layer of a batch of windows.
public struct LayerOutput: Sendable {
  /// Which layer this is.
  public let layer: TelemetryLayer
  /// One vector per step, of shape `[batch, time, width]`.
  public let features: Tensor
  /// The embedding before it is made a unit vector, of shape `[batch, latent]`.
  public let projection: Tensor
  /// The shared embedding: unit vectors of shape `[batch, latent]`.
  public let embedding: Tensor
  /// What the layer keeps to itself, of shape `[batch, privateLatent]`; `nil` when the model has no private latent.
  public let privateEmbedding: Tensor?
  /// The reconstructed samples, of shape `[batch, time, channel]`.
  public let mean: Tensor
  /// The logarithm of their variance, in the same shape; `nil` when the model predicts means only.
  public let logVariance: Tensor?

  /// An output, as a model or a test makes it.
  public init(
    layer: TelemetryLayer, features: Tensor, projection: Tensor, embedding: Tensor, privateEmbedding: Tensor?,
    mean: Tensor, logVariance: Tensor?
  ) {
    (self.layer, self.features, self.projection, self.embedding) = (layer, features, projection, embedding)
    (self.privateEmbedding, self.mean, self.logVariance) = (privateEmbedding, mean, logVariance)
  }
}

/// What a model says about a batch of windows.
public struct JointOutput: Sendable {
  /// One value per layer of the model, in order. Where a layer is missing its values are finite and mean nothing.
  public let layers: [LayerOutput]
  /// The joint embedding: unit vectors of shape `[batch, latent]`.
  public let joint: Tensor
  /// The joint embedding before it is made a unit vector.
  public let jointProjection: Tensor
  /// One where a layer has a visible sample in a window; shape `[batch, layer]`.
  public let presence: NDArray
  /// How much each layer counted in the fusion, of shape `[batch, layer]`; `nil` when the fusion has no such weights.
  public let weights: Tensor?

  /// An output, as a model or a test makes it.
  public init(
    layers: [LayerOutput], joint: Tensor, jointProjection: Tensor, presence: NDArray, weights: Tensor? = nil
  ) {
    (self.layers, self.joint, self.jointProjection) = (layers, joint, jointProjection)
    (self.presence, self.weights) = (presence, weights)
  }

  /// The output of one layer; `nil` when the model does not know it.
  public subscript(layer: TelemetryLayer) -> LayerOutput? { layers.first { $0.layer == layer } }
}
