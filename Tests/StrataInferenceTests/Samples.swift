import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor

let sampleChannels: [TelemetryLayer: Int] = [.physical: 5, .compute: 3, .application: 2]

/// A model whose sizes fill no vector and no tile, with every parameter away from zero and one.
func sampleModel(
  inputs: [InputView] = [.value, .mask, .delta],
  encoder: EncoderConfiguration = .temporalConvolution(TemporalConvolutionConfiguration(width: 20, depth: 3)),
  embedding: EmbeddingConfiguration = EmbeddingConfiguration(latent: 12, hidden: 9),
  fusion: FusionConfiguration = .gated(GatedFusionConfiguration()),
  decoder: DecoderConfiguration = DecoderConfiguration()
) -> JointModel {
  let configuration = ModelConfiguration(
    inputs: inputs, encoder: encoder, embedding: embedding, fusion: fusion, modalityDropout: 0, decoder: decoder,
    objective: ObjectiveConfiguration(
      contrast: ContrastConfiguration(weight: 1, loss: .infoNCE(InfoNCEConfiguration()))))
  var generator = Generator(seed: 3)
  var model = JointModel(configuration, channels: sampleChannels, using: &generator)
  model.forEachParameter { _, parameter in
    parameter = Tensor(parameter.value + generator.uniformArray(parameter.shape, in: -0.2..<0.2))
  }
  return model
}

/// Random windows, at least three, a tenth of their samples missing; the second one has no `compute` layer, the third one
/// has nothing.
func sampleBatch(count: Int = 5, time: Int = 19, layers: [TelemetryLayer] = sampleChannels.keys.sorted()) -> WindowBatch
{
  require(count >= 3, "sampleBatch: \(count) windows")
  var generator = Generator(seed: 5)
  let windows = layers.map { layer in
    let shape: Shape = [count, time, sampleChannels[layer]!]
    var mask = generator.bernoulliArray(shape, probability: 0.9)
    let size = time * shape[2]
    mask.withMutableElements { mask in
      if layer == .compute { mask[size..<2 * size].update(repeating: 0) }
      mask[2 * size..<3 * size].update(repeating: 0)
    }
    return LayerWindows(
      layer: layer, values: generator.normalArray(shape) * mask, peers: generator.normalArray(shape) * mask, mask: mask,
      delta: 1 - mask)
  }
  let origins = (0..<count).map { WindowOrigin(run: 0, entity: EntityPath(["c0", "host\($0)"]), end: time) }
  return WindowBatch(layers: windows, origins: origins)
}

/// What the differentiable model says: joint embeddings and, per layer of the model, the score of each window.
func reference(_ model: JointModel, _ batch: WindowBatch) -> (joint: [Float], scores: [Float]) {
  var context = ForwardContext.inference
  let output = model(batch, in: &context)
  var scores = [Float](repeating: 0, count: batch.count * model.layers.count)
  for (column, layer) in model.layers.enumerated() {
    guard let windows = batch[layer], let said = output[layer] else { continue }
    for window in 0..<batch.count {
      let mask = windows.mask.rows(window..<window + 1)
      let target = Tensor(windows.values.rows(window..<window + 1))
      let mean = Tensor(said.mean.value.rows(window..<window + 1))
      let loss =
        said.logVariance.map {
          maskedGaussianNLL(
            mean: mean, logVariance: Tensor($0.value.rows(window..<window + 1)), target: target, mask: mask)
        } ?? maskedMeanSquaredError(prediction: mean, target: target, mask: mask)
      scores[window * model.layers.count + column] = mask.total > 0 ? loss.value.scalar : 0
    }
  }
  return (output.joint.value.elements, scores)
}

extension [Float] {
  /// The greatest difference to other elements, relative to those above one.
  func distance(to other: [Float]) -> Float {
    zip(self, other).map { abs($0 - $1) / Swift.max(1, abs($1)) }.max() ?? 0
  }
}
