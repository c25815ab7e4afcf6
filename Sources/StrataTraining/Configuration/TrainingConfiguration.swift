public import StrataTelemetry
public import StrataTensor

/// How a model is trained: the `training` section of a configuration.
///
/// Equal configurations, data and initial parameters give equal bits. How many threads run is therefore no part of it.
public struct TrainingConfiguration: Sendable {
  /// How long a training is, in updates or in passes over the samples.
  public enum Length: Hashable, Sendable {
    case steps(Int)
    case epochs(Int)
  }

  /// Decides the order of the windows and every random draw of the training.
  public var seed: UInt64
  /// The length of the training.
  public var length: Length
  /// The number of windows in a batch, and in each slice it is cut into. The loss sees the whole batch; the slice decides
  /// how much memory a thread needs and how many threads have work.
  public var batch: Int, slice: Int
  /// The number of batches per update: their gradients are averaged, weighted by their windows. Where the loss is a mean
  /// over samples that is the gradient of one batch as large as all of them; a contrast compares the windows of one batch.
  public var accumulate: Int
  /// What the encoders' products are computed in. Weights, sums, moments of the optimiser and everything else stay in
  /// single precision.
  public var precision: ProductPrecision
  /// The optimiser before its first update; its learning rate is the base rate of the schedule.
  public var optimizer: any Optimizer
  /// How the learning rate moves.
  public var schedule: Schedule
  /// The largest global norm of a gradient; `nil` clips nothing.
  public var clip: Double?
  /// The decay of the averaged model; `nil` keeps no average.
  public var average: Double?
  /// Prefixes of the names of parameters that are not trained.
  public var frozen: [String]
  /// Whether the parameter of a name is trained, unless `frozen` names it. A checkpoint does not hold this closure: a
  /// training that resumes gives an equal one, else the optimiser state does not fit.
  public var trains: @Sendable (_ name: String) -> Bool
  /// The number of updates between two checkpoints, and how many of them are kept.
  public var checkpointInterval: Int, checkpointsKept: Int
  /// The number of updates between two measurements of the validation loss; `nil` measures it once, at the end.
  public var validationInterval: Int?

  /// - Precondition: Sizes and numbers are positive and `batch` is a multiple of `slice`.
  public init(
    seed: UInt64 = 0, length: Length, batch: Int, slice: Int, accumulate: Int = 1,
    precision: ProductPrecision = .fp32, optimizer: any Optimizer, schedule: Schedule = .constant, clip: Double? = nil,
    average: Double? = nil, frozen: [String] = [], trains: @escaping @Sendable (_ name: String) -> Bool = { _ in true },
    checkpointInterval: Int = 500, checkpointsKept: Int = 2, validationInterval: Int? = nil
  ) {
    require(slice > 0 && batch > 0 && batch % slice == 0, "TrainingConfiguration: batch \(batch) in slices of \(slice)")
    require(accumulate > 0, "TrainingConfiguration: \(accumulate) batches per update")
    require(checkpointInterval > 0 && checkpointsKept > 0, "TrainingConfiguration: checkpoints must have an interval")
    (self.seed, self.length, self.batch, self.slice) = (seed, length, batch, slice)
    (self.accumulate, self.precision) = (accumulate, precision)
    (self.optimizer, self.schedule) = (optimizer, schedule)
    (self.clip, self.average, self.trains) = (clip, average, trains)
    (self.frozen, self.checkpointInterval, self.checkpointsKept) = (frozen, checkpointInterval, checkpointsKept)
    self.validationInterval = validationInterval
  }

  /// Reads the section; `clip`, `average`, `frozen` and `validation` may be absent, which switches them off, and so may
  /// `precision`, which is then `fp32`, and `accumulate`, which is then 1. Everything else must be given.
  ///
  /// ```yaml
  /// seed: 1
  /// epochs: 20                  # or steps: 4000
  /// batch: 64
  /// slice: 32
  /// accumulate: 1               # batches per update
  /// precision: bf16             # or fp32
  /// optimizer: {kind: adamw, rate: 0.001, decay: 0.01, betas: [0.9, 0.999], epsilon: 1e-8}
  /// schedule: {kind: cosine, warmup: 100, start: 0.01, floor: 0.01}
  /// clip: 1.0
  /// average: 0.999
  /// frozen: [layers.physical]
  /// checkpoint: {every: 500, keep: 2}
  /// validation: {every: 500}
  /// ```
  public init(reading node: ConfigurationNode) throws(ConfigurationError) {
    let length: Length
    switch (node.has("steps"), node.has("epochs")) {
    case (true, false): length = .steps(try node.int("steps", in: 1...))
    case (false, true): length = .epochs(try node.int("epochs", in: 1...))
    case (true, true): throw node.error("give either 'steps' or 'epochs', not both; null takes one away", at: "epochs")
    case (false, false): throw node.error("'steps' or 'epochs' is missing")
    }
    let batch = try node.int("batch", in: 1...)
    let slice = try node.int("slice", in: 1...)
    guard batch % slice == 0 else {
      throw node.error("'batch' (\(batch)) must be a multiple of 'slice' (\(slice))", at: "batch")
    }
    let checkpoint = try node.node("checkpoint")
    self.init(
      seed: UInt64(try node.int("seed", in: 0...)), length: length, batch: batch, slice: slice,
      accumulate: try node.int("accumulate", in: 1...1_048_576, default: 1),
      precision: try node.choice("precision", default: .fp32),
      optimizer: try node.node("optimizer").optimizer(), schedule: try node.node("schedule").schedule(),
      clip: try node.optionalNode("clip")?.doubleValue(in: .positive),
      average: try node.optionalNode("average")?.doubleValue(in: 0..<1),
      frozen: node.has("frozen") ? try node.strings("frozen") : [],
      checkpointInterval: try checkpoint.int("every", in: 1...), checkpointsKept: try checkpoint.int("keep", in: 1...),
      validationInterval: try node.optionalNode("validation")?.int("every", in: 1...))
  }

  /// Whether the parameter of a name is trained.
  func isTrained(_ name: String) -> Bool { !frozen.contains { name.hasPrefix($0) } && trains(name) }
}
