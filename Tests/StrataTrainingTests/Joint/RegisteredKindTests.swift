import Foundation
import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor
import StrataTraining
import TestSupport
import Testing
import TrainingProbe

/// An encoder, a fusion and a contrast that the library does not know, from the configuration file to a loaded model.
///
/// In processes of their own: what is registered stays registered, and other tests look at the list of kinds.
@Suite struct RegisteredKindTests {
  @Test func partsOfOnesOwnAreTrainedSavedAndLoaded() async {
    await #expect(processExitsWith: .success) { try trainSaveAndLoad() }
  }

  @Test func aNameMeansOneType() async {
    let taken = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      EncoderConfiguration.register(RecurrentSettings.self)
      EncoderConfiguration.register(RecurrentSettings.self)
      EncoderConfiguration.register(OtherSettings.self)
    }
    expectMessage("register: 'recurrent' is already an encoder of another type, now of OtherSettings", from: taken)
    let builtIn = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      EncoderConfiguration.register(BuiltInSettings.self)
    }
    expectMessage("register: 'tcn' is an encoder of this library; choose another name", from: builtIn)
  }
}

private let overrides = [
  "model.encoder={kind: recurrent, width: 6, gain: 0.5}", "model.fusion={kind: weightedSum, start: 0.7}",
  "model.objective.contrast={kind: distance, weight: 0.5, pairs: all, scale: 0.2}", "training.steps=2",
]

private func trainSaveAndLoad() throws {
  let unknown = #expect(throws: ConfigurationError.self) { try toyTraining(on: toyRun(seed: 1), overriding: overrides) }
  try #require(unknown?.problem == "'model.encoder.kind' must be tcn or transformer, found 'recurrent'")
  EncoderConfiguration.register(RecurrentSettings.self)
  FusionConfiguration.register(WeightedSumSettings.self)
  ContrastConfiguration.register(DistanceSettings.self)

  let (task, model, training, text) = try toyTraining(on: toyRun(seed: 1), overriding: overrides)
  try #require(model.branches.allSatisfy { $0.encoder is RecurrentEncoder } && model.fusion is WeightedSum)
  try #require(model.namedArrays().last?.name == "contrast.logScale")
  let channels = Dictionary(uniqueKeysWithValues: model.branches.map { ($0.layer, $0.channels) })
  try #require(model.configuration.parameterCount(channels: channels) == model.parameterCount)

  try withTemporaryFolder { path in
    let folder = CheckpointFolder(path: "\(path)/checkpoints", configuration: text)
    let trainer = try Trainer(task, configuration: training, threads: 2, checkpoints: folder)
    var state = trainer.start(with: model)
    _ = try trainer.train(&state)
    for (start, end) in zip(model.namedArrays(), state.model.namedArrays())
    where ["encoder.map.weight", "fusion.scale", "contrast.logScale"].contains(where: start.name.hasSuffix) {
      try #require(start.array.elements != end.array.elements, "\(start.name) was not trained")
    }
    // From the checkpoint, without trainer and data; resumed; and from a file of weights.
    let checkpoint = try #require(Checkpoint.latest(in: folder.path).checkpoint)
    try #require(bits(of: checkpoint.jointModel()) == bits(of: state.result))
    try #require(bits(of: checkpoint.jointModel(averaged: false)) == bits(of: state.model))
    try #require(bits(of: trainer.resume(with: model).model) == bits(of: state.model))
    try state.model.save(to: "\(path)/model.safetensors")
    let loaded = try JointModel(model.configuration, weightsAt: "\(path)/model.safetensors")
    try #require(bits(of: loaded) == bits(of: state.model))
  }
  // What is written is what is read.
  let json = String(decoding: try JSONEncoder().encode(model.configuration), as: UTF8.self)
  try #require(ModelConfiguration(ConfigurationNode(parsingJSON: json, source: "m.json")) == model.configuration)
}

private struct RecurrentSettings: EncoderSettings {
  static let kind = "recurrent"
  let width: Int, gain: Float

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    (width, gain) = (try node.int("width", in: 1...64), try node.float("gain", in: 0...1))
  }

  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder {
    RecurrentEncoder(self, inputs: inputs, using: &generator)
  }
}

private struct RecurrentEncoder: LayerEncoder {
  var map: Linear
  var recurrence: GRU
  let width: Int, gain: Float
  var receptiveField: Int? { nil }

  init(_ settings: RecurrentSettings, inputs: Int, using generator: inout Generator) {
    (width, gain) = (settings.width, settings.gain)
    map = Linear(inputs: inputs, outputs: width, bias: false, using: &generator)
    recurrence = GRU(inputs: width, width: width, using: &generator)
  }

  func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor { recurrence(map(x) * gain) }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try map.forEachParameter(in: "map", visit)
    try recurrence.forEachParameter(in: "recurrence", visit)
  }
}

private struct WeightedSumSettings: FusionSettings {
  static let kind = "weightedSum"
  let start: Float

  init(_ node: ConfigurationNode, latent: Int) throws(ConfigurationError) { start = try node.float("start") }

  func makeFusion(
    of layers: [TelemetryLayer], width: Int, latent: Int, using generator: inout Generator
  ) -> any LayerFusion {
    WeightedSum(scale: Tensor(NDArray([layers.count], repeating: start)))
  }
}

private struct WeightedSum: LayerFusion {
  var scale: Tensor

  func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    let weights = Tensor(presence) * scale
    let parts = layers.enumerated().map { $1.embedding * weights.slice(axis: 1, $0..<$0 + 1) }
    return FusedLayers(embedding: parts.dropFirst().reduce(parts[0], +))
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows { try visit("scale", &scale) }
}

private struct DistanceSettings: ContrastSettings {
  static let kind = "distance"
  let scale: Float

  init(_ node: ConfigurationNode) throws(ConfigurationError) { scale = try node.float("scale", in: .positive) }

  func makeContrast(latent: Int, using generator: inout Generator) -> any PairContrast {
    Distance(logScale: Tensor(NDArray([1], [scale])))
  }
}

private struct Distance: PairContrast {
  var logScale: Tensor

  func callAsFunction(_ a: Tensor, _ b: Tensor, threads: Int) -> Tensor { square(a - b).mean() * exp(logScale) }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows { try visit("logScale", &logScale) }
}

private struct OtherSettings: EncoderSettings {
  static let kind = "recurrent"
  let width = 1

  init(_ node: ConfigurationNode) throws(ConfigurationError) {}
  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder { fatalError("never built") }
}

private struct BuiltInSettings: EncoderSettings {
  static let kind = "tcn"
  let width = 1

  init(_ node: ConfigurationNode) throws(ConfigurationError) {}
  func makeEncoder(inputs: Int, using generator: inout Generator) -> any LayerEncoder { fatalError("never built") }
}
