public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// Everything of a model that belongs to one telemetry layer.
public struct LayerBranch: Module {
  /// Which layer this is.
  public let layer: TelemetryLayer
  /// How many channels the layer has.
  public let channels: Int
  /// From samples to one feature vector per step.
  public var encoder: any LayerEncoder
  /// From pooled features to the shared embedding.
  public var head: MLP
  /// From pooled features to the private latent; absent when there is none.
  public var privateHead: Linear?
  /// From features back to samples.
  public var decoder: ReconstructionDecoder
  private let pooling: EmbeddingConfiguration.Pooling
  private let decoderContext: DecoderConfiguration.Context

  init(_ configuration: ModelConfiguration, layer: TelemetryLayer, channels: Int, using generator: inout Generator) {
    let (width, embedding) = (configuration.encoder.width, configuration.embedding)
    (self.layer, self.channels) = (layer, channels)
    encoder = configuration.encoder.makeEncoder(inputs: channels * configuration.inputs.count, using: &generator)
    require(
      encoder.width == width,
      "LayerBranch: the encoder of layer \(layer) has width \(encoder.width), its settings say \(width)")
    head = MLP(inputs: width, hidden: embedding.hidden, outputs: embedding.latent, using: &generator)
    if let size = embedding.privateLatent {
      privateHead = Linear(inputs: width, outputs: size, using: &generator)
    }
    decoder = ReconstructionDecoder(
      configuration.decoder, width: width, contextWidth: embedding.latent + (embedding.privateLatent ?? 0),
      channels: channels, using: &generator)
    (pooling, decoderContext) = (embedding.pooling, configuration.decoder.context)
  }

  /// What is known about a batch before the layers meet.
  struct Encoded {
    let summary: LayerSummary
    let projection: Tensor
    let privateEmbedding: Tensor?
  }

  func encode(_ x: Tensor, in context: inout ForwardContext) -> Encoded {
    let features = encoder(x, in: &context)
    let (batch, time, width) = (features.shape[0], features.shape[1], features.shape[2])
    let pooled =
      switch pooling {
      case .mean: features.mean(over: [1])
      case .last: features.slice(axis: 1, time - 1..<time).reshaped([batch, width])
      }
    let projection = head(pooled)
    return Encoded(
      summary: LayerSummary(features: features, pooled: pooled, embedding: l2Normalize(projection)),
      projection: projection, privateEmbedding: privateHead.map { $0(pooled) })
  }

  func decode(_ encoded: Encoded, joint: Tensor) -> LayerOutput {
    let shared: Tensor? =
      switch decoderContext {
      case .none: nil
      case .layer: encoded.summary.embedding
      case .joint: joint
      }
    let window = shared.map { shared in encoded.privateEmbedding.map { concatenate([shared, $0], axis: 1) } ?? shared }
    let (mean, logVariance) = decoder(encoded.summary.features, window: window)
    return LayerOutput(
      layer: layer, features: encoded.summary.features, projection: encoded.projection,
      embedding: encoded.summary.embedding, privateEmbedding: encoded.privateEmbedding, mean: mean,
      logVariance: logVariance)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try encoder.forEachParameter(in: "encoder", visit)
    try head.forEachParameter(in: "head", visit)
    try privateHead?.forEachParameter(in: "privateHead", visit)
    try decoder.forEachParameter(in: "decoder", visit)
  }
}
