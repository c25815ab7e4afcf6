import CAllocationCounter
import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import StrataTraining

/// Prints how often each operation allocates, as JSON: a process of its own, because the counter replaces the allocator.
@main struct AllocationProbe {
  static func main() throws {
    var counts: [String: Int] = [:]
    var kept: [[Int]] = []
    kept.reserveCapacity(20)
    counts["three arrays"] = allocations { for size in 1...3 { kept.append([Int](repeating: 0, count: 100 * size)) } }
    for precision in Precision.allCases {
      let model = try FrozenModel(model(), precision: precision, calibration: windows())
      try countWindows(model, "\(precision.rawValue)", &counts)
      try countStream(model, "\(precision.rawValue)", &counts)
    }
    let transformer = PatchTransformerConfiguration(
      width: 32, depth: 2, heads: 2, hidden: 48, positions: .rotary, causal: true)
    let attending = try FrozenModel(model(encoder: .patchTransformer(transformer)))
    try countWindows(attending, "transformer", &counts)
    try countStream(attending, "transformer", &counts)
    counts["training step"] = try trainingStep()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    FileHandle.standardOutput.write(try encoder.encode(counts))
  }

  /// The least of some runs: the first ones may set up what is needed once.
  private static func allocations(runs: Int = 5, _ body: () throws -> Void) rethrows -> Int {
    var least = Int.max
    for _ in 0..<runs {
      let before = allocation_count()
      try body()
      least = min(least, Int(allocation_count() - before))
    }
    return least
  }

  private static let channels: [TelemetryLayer: Int] = [.physical: 6, .data: 5, .application: 3]

  private static func model(
    encoder: EncoderConfiguration = .temporalConvolution(TemporalConvolutionConfiguration(width: 32, depth: 3))
  ) -> JointModel {
    var generator = Generator(seed: 1)
    return JointModel(
      ModelConfiguration(
        inputs: [.value, .mask, .delta],
        encoder: encoder,
        embedding: EmbeddingConfiguration(latent: 16, hidden: 16),
        fusion: .bottleneck(AttentionFusionConfiguration(heads: 2, hidden: 32)), modalityDropout: 0,
        decoder: DecoderConfiguration(),
        objective: ObjectiveConfiguration(
          hiding: HidingConfiguration(steps: 0.3), reconstruction: ReconstructionConfiguration(loss: .squaredError),
          contrast: ContrastConfiguration(weight: 1, loss: .infoNCE(InfoNCEConfiguration())))),
      channels: channels, using: &generator)
  }

  private static func windows() -> WindowBatch {
    var generator = Generator(seed: 2)
    let layers = channels.sorted { $0.key < $1.key }.map { layer, count in
      let shape: Shape = [4, 64, count]
      return LayerWindows(
        layer: layer, values: generator.normalArray(shape), mask: NDArray(shape, repeating: 1),
        delta: NDArray(shape, repeating: 0))
    }
    let origins = (0..<4).map { WindowOrigin(run: 0, entity: EntityPath(["host\($0)"]), end: 64) }
    return WindowBatch(layers: layers, origins: origins)
  }

  private static func countWindows(_ model: FrozenModel, _ name: String, _ counts: inout [String: Int]) throws {
    let batch = windows()
    var session = model.makeSession(windowLength: 64)
    var result = WindowResult(model)
    counts["window, \(name)"] = allocations { session.embed(batch, at: 1, into: &result) }
  }

  private static func countStream(_ model: FrozenModel, _ name: String, _ counts: inout [String: Int]) throws {
    var stream = try model.makeStream(entities: 50, windowLength: 64)
    var generator = Generator(seed: 2)
    let samples = channels.map { layer, count in
      StreamSamples(
        layer: layer, values: generator.normalArray([50, count]), mask: NDArray([50, count], repeating: 1))
    }
    var joint = [Float](repeating: 0, count: 50 * model.latent)
    counts["sample of 50 entities, \(name)"] = allocations { stream.advance(0..<50, samples) }
    counts["embedding of 50 entities, \(name)"] = allocations { stream.embed(0..<50, into: &joint) }
  }

  /// One step on 32 windows in slices of eight, on one thread.
  private static func trainingStep() throws -> Int {
    var generator = Generator(seed: 3)
    let hosts = [EntityPath(["c0", "host0"]), EntityPath(["c0", "host1"])]
    let layers = channels.sorted { $0.key < $1.key }.map { layer, count in
      LayerSeries(
        layer: layer, entities: hosts, channels: (0..<count).map { Channel(name: "\(layer.rawValue)\($0)") },
        values: generator.normalArray([600, 2, count]))
    }
    let run = Run(name: "probe", start: 0, interval: 1, sampleCount: 600, layers: layers)
    let split = try DataSplits.byTime([run], embargo: 64, validationFraction: 0, trainingFraction: 1).training
    let windows = try WindowSet(
      split, scale: RobustScale(fitting: split), specification: WindowSpecification(length: 64, stride: 4))
    let model = model()
    let task = JointTrainingTask(windows: windows, objective: JointObjective(model.configuration.objective))
    let configuration = TrainingConfiguration(
      length: .steps(100), batch: 32, slice: 8, optimizer: AdamW(learningRate: 0.001), clip: 1)
    let trainer = try Trainer(task, configuration: configuration, threads: 1)
    var state = trainer.start(with: model)
    return try allocations { _ = try trainer.train(&state, interruption: { .interrupt }) }
  }
}
