public import StrataInference
import StrataModel
import StrataTelemetry
public import StrataTensor
import StrataTraining

/// What is done with a reference model: windows, batches, streams, training.
public struct ReferenceWorks {
  /// A work with the floating-point operations of one repetition; `nil` for work that is not arithmetic.
  public struct Work {
    public let work: TimedWork
    public let operations: Int?
  }

  /// Which model.
  public let model: ReferenceModel
  /// How many threads share what is done on more than one.
  public let threads: Int
  private let seed: UInt64
  private let joint: JointModel

  /// Makes the model.
  ///
  /// - Parameters:
  ///   - model: Its sizes.
  ///   - threads: How many threads share what is done on more than one.
  ///   - seed: Decides weights and samples.
  /// - Precondition: `threads` is positive.
  public init(_ model: ReferenceModel, threads: Int, seed: UInt64) {
    require(threads > 0, "ReferenceWorks: \(threads) threads")
    (self.model, self.threads, self.seed, joint) = (model, threads, seed, model.make(seed: seed))
  }

  /// Everything, from a single product to a training step. A model that is not causal has no streams.
  public func all() throws -> [Work] {
    let batch = model.encoder.width > 64 ? 4 : 64
    let counts = threads > 1 ? [1, threads] : [1]
    var works = DenseMapProbe.Weights.allCases.map { denseMap($0, rows: 128, taps: 3, width: 64) }
    works += try Precision.allCases.map { try window($0) }
    for precision in Precision.allCases {
      works += try counts.map { try windows(batch, precision, threads: $0) }
    }
    if let streams = try? [false, true].map({ try stream(entities: 240, embeds: $0) }) { works += streams }
    return works + [try gathering(batch)] + (try counts.map { try trainingStep(batch, threads: $0) })
  }

  /// The product that most of a convolutional encoder is.
  func denseMap(_ weights: DenseMapProbe.Weights, rows: Int, taps: Int, width: Int) -> Work {
    var probe = DenseMapProbe(weights, rows: rows, taps: taps, inputs: width, outputs: width)
    let operations = probe.operations
    let work = TimedWork(
      "map \(rows)x\(width), \(taps) taps, \(weights.rawValue)", amount: Double(operations), unit: "FLOP"
    ) { probe.run() }
    return Work(work: work, operations: operations)
  }

  /// The model for inference; int8 is calibrated with other windows than those that are measured.
  private func frozen(_ precision: Precision) throws -> FrozenModel {
    let windows = precision == .int8 ? try model.windows(64, seed: seed + 1).batch(0..<64) : nil
    return try FrozenModel(joint, precision: precision, calibration: windows)
  }

  /// Embedding and judging one window, in memory that is used again.
  public func window(_ precision: Precision) throws -> Work {
    let frozen = try frozen(precision)
    let batch = try model.windows(16, seed: seed).batch(0..<16)
    var session = frozen.makeSession(windowLength: model.windowLength), result = WindowResult(frozen), next = 0
    let work = TimedWork("window, \(precision.rawValue)", amount: 1, unit: "window") {
      session.embed(batch, at: next, into: &result)
      next = (next + 1) % batch.count
    }
    return Work(work: work, operations: model.operationsPerWindow)
  }

  /// Embedding and judging a batch of windows.
  public func windows(_ count: Int, _ precision: Precision, threads: Int) throws -> Work {
    let frozen = try frozen(precision)
    let batch = try model.windows(count, seed: seed).batch(0..<count)
    let work = TimedWork(
      "\(count) windows, \(precision.rawValue), \(Self.text(threads))", threads: threads, amount: Double(count),
      unit: "window"
    ) { _ = frozen.embed(batch, threads: threads) }
    return Work(work: work, operations: count * model.operationsPerWindow)
  }

  /// A new sample of each of many entities.
  ///
  /// - Parameters:
  ///   - entities: How many.
  ///   - embeds: Whether each is embedded after its sample.
  /// - Throws: `StreamError` for a model that is not causal.
  public func stream(entities: Int, embeds: Bool) throws -> Work {
    let frozen = try FrozenModel(joint)
    var stream = try frozen.makeStream(entities: entities, windowLength: model.windowLength)
    var generator = Generator(seed: seed)
    let samples = model.channels.sorted { $0.key < $1.key }.map { layer, count in
      StreamSamples(
        layer: layer, values: generator.normalArray([entities, count]), mask: NDArray([entities, count], repeating: 1))
    }
    var embeddings = [Float](repeating: 0, count: entities * frozen.latent)
    let work = TimedWork(
      "stream of \(entities), \(embeds ? "embedded" : "not embedded")", amount: Double(entities), unit: "sample"
    ) {
      stream.advance(0..<entities, samples)
      if embeds { stream.embed(0..<entities, into: &embeddings) }
    }
    let operations = model.operationsPerSample + (embeds ? model.operationsPerEmbedding : 0)
    return Work(work: work, operations: entities * operations)
  }

  /// What a training step does before it computes: copying the windows of a batch together.
  public func gathering(_ count: Int) throws -> Work {
    let windows = try model.windows(2 * count, seed: seed)
    // In no order, as a shuffled batch is.
    let chosen = (0..<count).map { (7 * $0 + 3) % (2 * count) }
    let work = TimedWork("gathering \(count) windows", amount: Double(count), unit: "window") {
      _ = windows.batch(chosen)
    }
    return Work(work: work, operations: nil)
  }

  /// Gathering a batch, forward, backward, clipping and AdamW.
  public func trainingStep(_ count: Int, threads: Int) throws -> Work {
    let task = JointTrainingTask(
      windows: try model.windows(2 * count, seed: seed), objective: JointObjective(joint.configuration.objective))
    // Several slices for every thread, however small the batch.
    let configuration = TrainingConfiguration(
      length: .steps(.max), batch: count, slice: model.slice(of: count, parts: 4),
      optimizer: AdamW(learningRate: 0.001), clip: 1)
    let trainer = try Trainer(task, configuration: configuration, threads: threads)
    var state = trainer.start(with: joint)
    let work = TimedWork(
      "training on \(count), \(Self.text(threads))", threads: threads, amount: Double(count), unit: "window"
    ) { _ = try trainer.train(&state, interruption: { .interrupt }) }
    return Work(work: work, operations: count * model.trainingOperationsPerWindow(batch: count))
  }

  private static func text(_ threads: Int) -> String { "\(threads) thread\(threads == 1 ? "" : "s")" }
}
