import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import StrataYAML

/// A complete configuration that tests vary through overrides.
let sampleConfiguration = """
  inputs: [value, mask, delta]
  encoder: {kind: tcn, width: 6, depth: 2, kernel: 3, dropout: 0}
  embedding: {latent: 4, hidden: 5, pooling: mean}
  fusion: {kind: gated, gates: softmax}
  modalityDropout: 0
  decoder: {context: none}
  objective:
    hiding: {steps: 0.3, span: 2, channels: 0.1, cells: 0.1}
    reconstruction: {weight: 1, loss: squaredError, hidden: 1, visible: 0.5}
    contrast: {kind: infoNCE, weight: 1, pairs: all, temperature: 0.5, learned: false}
  """

/// The sample configuration with some settings replaced.
func configuration(_ overrides: String...) throws -> ModelConfiguration {
  try configuration(overriding: overrides)
}

func configuration(_ text: String = sampleConfiguration, overriding overrides: [String]) throws -> ModelConfiguration {
  let root = try ConfigurationNode(parsing: text, source: "m.yaml", overriding: overrides)
  let configuration = try ModelConfiguration(root)
  try root.finish()
  return configuration
}

let sampleChannels: [TelemetryLayer: Int] = [.physical: 3, .compute: 2, .application: 2]

func sampleModel(_ overrides: String..., seed: UInt64 = 3) throws -> JointModel {
  var generator = Generator(seed: seed)
  return JointModel(try configuration(overriding: overrides), channels: sampleChannels, using: &generator)
}

extension JointModel {
  /// The model away from its initial zeros, at which a norm of a hidden step is too curved for finite differences.
  func perturbed() -> JointModel {
    var (copy, generator) = (self, Generator(seed: 11))
    copy.forEachParameter { _, parameter in
      parameter = Tensor(parameter.value + generator.uniformArray(parameter.shape, in: -0.3..<0.3))
    }
    return copy
  }
}

/// Random windows of the sample layers, a tenth of their samples missing.
///
/// - Parameter absent: Layers and the windows in which they are missing altogether.
func sampleBatch(
  count: Int = 4, time: Int = 10, absent: [TelemetryLayer: [Int]] = [:], seed: UInt64 = 5
) -> WindowBatch {
  var generator = Generator(seed: seed)
  let layers = sampleChannels.keys.sorted().map { layer in
    let shape: Shape = [count, time, sampleChannels[layer]!]
    var mask = generator.bernoulliArray(shape, probability: 0.9)
    let row = time * shape[2]
    mask.withMutableElements { mask in
      for window in absent[layer] ?? [] { mask[window * row..<(window + 1) * row].update(repeating: 0) }
    }
    return LayerWindows(
      layer: layer, values: generator.normalArray(shape) * mask, peers: generator.normalArray(shape) * mask, mask: mask,
      delta: 1 - mask)
  }
  let origins = (0..<count).map { WindowOrigin(run: 0, entity: EntityPath(["c0", "host\($0)"]), end: time) }
  return WindowBatch(layers: layers, origins: origins)
}

extension WindowBatch {
  /// The batch without some layers.
  func without(_ absent: TelemetryLayer...) -> WindowBatch {
    WindowBatch(layers: layers.filter { !absent.contains($0.layer) }, origins: origins)
  }
}

extension [NDArray] {
  var areFinite: Bool { allSatisfy { $0.elements.allSatisfy(\.isFinite) } }
}

extension JointOutput {
  /// Every array of the output.
  var arrays: [NDArray] {
    let perLayer = layers.flatMap { layer in
      [layer.features, layer.projection, layer.embedding, layer.mean]
        + [layer.privateEmbedding, layer.logVariance].compactMap { $0 }
    }
    return (perLayer + [joint, jointProjection] + [weights].compactMap { $0 }).map(\.value)
  }
}
