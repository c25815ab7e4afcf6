public import StrataNeural
public import StrataTelemetry
public import StrataTensor

/// One representation of all telemetry layers: an encoder, an embedding and a decoder per layer, and a fusion.
///
/// A layer that is missing from a batch, or from some of its windows, takes no part in the fusion and in no loss;
/// nothing becomes NaN by its absence.
public struct JointModel: Module {
  /// What the model was built from.
  public let configuration: ModelConfiguration
  /// One branch per layer, in the order of the layers.
  public var branches: [LayerBranch]
  /// Makes the joint embedding.
  public var fusion: any LayerFusion
  /// What is learned of the contrast, such as a temperature; absent when that is nothing.
  public var contrast: (any PairContrast)?

  /// Builds a model with random weights.
  ///
  /// - Parameters:
  ///   - configuration: Sizes, kinds and objective.
  ///   - channels: How many channels each layer has; a layer that is not named does not exist for the model.
  ///   - generator: The source of randomness; equal states give equal models.
  /// - Precondition: There is at least one layer, and each has a channel.
  public init(
    _ configuration: ModelConfiguration, channels: [TelemetryLayer: Int], using generator: inout Generator
  ) {
    require(!channels.isEmpty, "JointModel: no layers")
    for (layer, count) in channels { require(count > 0, "JointModel: layer \(layer) has \(count) channels") }
    self.configuration = configuration
    let layers = channels.keys.sorted()
    branches = []
    for layer in layers {
      branches.append(LayerBranch(configuration, layer: layer, channels: channels[layer]!, using: &generator))
    }
    fusion = configuration.fusion.makeFusion(
      of: layers, width: configuration.encoder.width, latent: configuration.embedding.latent, using: &generator)
    contrast = configuration.objective.contrast?.makeContrast(
      latent: configuration.embedding.latent, using: &generator)
  }

  /// The layers the model knows, in order.
  public var layers: [TelemetryLayer] { branches.map(\.layer) }

  /// Embeds and reconstructs a batch of windows.
  ///
  /// - Parameters:
  ///   - batch: Windows of some or all layers of the model.
  ///   - hiding: Per layer of the *batch*, one where a sample is to be hidden from the encoder, of shape `[batch,
  ///     time]` or `[batch, time, channel]`; `nil` hides nothing.
  ///   - context: Training or inference, and the source of randomness.
  /// - Precondition: The model knows every layer of the batch with as many channels.
  public func callAsFunction(
    _ batch: WindowBatch, hiding: [NDArray]? = nil, in context: inout ForwardContext
  ) -> JointOutput {
    let input = encoderInput(of: batch, hiding: hiding)
    return self(input.layers.map { Tensor($0) }, presence: input.presence, in: &context)
  }

  /// Embeds and reconstructs prepared inputs, which may be differentiated.
  ///
  /// - Parameters:
  ///   - inputs: Per layer of the model, its views side by side, of shape `[batch, time, inputs]`.
  ///   - presence: One where a layer is present in a window; shape `[batch, layer]`.
  ///   - context: Training or inference, and the source of randomness.
  public func callAsFunction(
    _ inputs: [Tensor], presence: NDArray, in context: inout ForwardContext
  ) -> JointOutput {
    let encoded = zip(branches, inputs).map { $0.encode($1, in: &context) }
    let isDropping = context.mode == .training && configuration.modalityDropout > 0
    let taking =
      isDropping
      ? droppingLayers(presence, rate: configuration.modalityDropout, using: &context.generator) : presence
    let fused = fusion(encoded.map(\.summary), presence: taking, in: &context)
    let joint = l2Normalize(fused.embedding)
    return JointOutput(
      layers: zip(branches, encoded).map { $0.decode($1, joint: joint) }, joint: joint,
      jointProjection: fused.embedding, presence: presence, weights: fused.weights)
  }

  /// The features of every layer and step, without embedding or reconstruction.
  ///
  /// - Returns: Per layer of the model, a tensor of shape `[batch, time, width]`.
  public func features(
    _ batch: WindowBatch, hiding: [NDArray]? = nil, in context: inout ForwardContext
  ) -> [Tensor] {
    let input = encoderInput(of: batch, hiding: hiding)
    return zip(branches, input.layers).map { $0.encoder(Tensor($1), in: &context) }
  }

  /// What the encoders are given for a batch; zeros for a layer that the batch does not have.
  public func encoderInput(of batch: WindowBatch, hiding: [NDArray]? = nil) -> EncoderInput {
    require(!batch.layers.isEmpty, "JointModel: the batch has no layers")
    require(
      hiding.map { $0.count == batch.layers.count } ?? true,
      "JointModel: hiding for \(hiding?.count ?? 0) layers, but the batch has \(batch.layers.count)")
    for windows in batch.layers { requireKnown(windows) }
    let time = batch.layers[0].values.shape[1]
    var presence = [Float](repeating: 0, count: batch.count * branches.count)
    var layers: [NDArray] = []
    for (column, branch) in branches.enumerated() {
      guard let position = batch.layers.firstIndex(where: { $0.layer == branch.layer }) else {
        layers.append(NDArray([batch.count, time, branch.channels * configuration.inputs.count], repeating: 0))
        continue
      }
      let (input, visible) = batch.layers[position].encoderInput(configuration.inputs, hiding: hiding?[position])
      layers.append(input)
      let seen = visible.max(over: [1, 2]).elements
      for window in 0..<batch.count { presence[window * branches.count + column] = seen[window] > 0 ? 1 : 0 }
    }
    return EncoderInput(layers: layers, presence: NDArray([batch.count, branches.count], presence))
  }

  private func requireKnown(_ windows: LayerWindows) {
    guard let branch = branches.first(where: { $0.layer == windows.layer }) else {
      fatalError(
        "JointModel: the batch has layer \(windows.layer), the model only [\(layers.map(\.rawValue).joined(separator: ", "))]"
      )
    }
    require(
      windows.values.shape[2] == branch.channels,
      "JointModel: windows of shape \(windows.values.shape) in layer \(windows.layer), "
        + "which has \(branch.channels) channels"
    )
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    for index in branches.indices {
      try branches[index].forEachParameter(in: "layers.\(branches[index].layer.rawValue)", visit)
    }
    try fusion.forEachParameter(in: "fusion", visit)
    try contrast?.forEachParameter(in: "contrast", visit)
  }
}
