/// What happened in a training, for whoever shows or records it.
public enum TrainingEvent: Equatable, Sendable {
  /// The first event: what is about to run.
  case started(TrainingPlan)
  /// One update of the parameters.
  case step(TrainingStep)
  /// All samples of a source, such as a run of a corpus, were visited in this epoch.
  case visited(SourceVisit)
  /// The loss of the validation windows was measured.
  case evaluated(TrainingEvaluation)
  /// A checkpoint of the state after `step` updates stands at `path`.
  case checkpointed(step: Int, path: String)
  /// A folder that should be a checkpoint cannot be used.
  case ignoredCheckpoint(name: String, reason: String)
  /// All steps are done.
  case finished(step: Int, duration: Duration)
  /// A signal ended the training after `step` updates.
  case interrupted(step: Int, by: InterruptionSignal)
}

/// One named part of a loss.
public struct LossPart: Equatable, Sendable {
  /// The name that the task gave it.
  public let name: String
  /// Its mean over the windows it applies to, before it is weighted.
  public let value: Double

  /// Names a value.
  public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
}

/// What a training is about to do.
public struct TrainingPlan: Equatable, Sendable {
  /// The number of updates in the whole training.
  public let stepCount: Int
  /// The number of updates made by earlier processes.
  public let firstStep: Int
  /// The number of updates in which every window is visited once.
  public let stepsPerEpoch: Int
  /// The number of windows per update, and in each of the slices they are cut into.
  public let batch: Int, slice: Int
  /// The number of threads that share the slices.
  public let threads: Int
  /// The number of trained scalars.
  public let parameterCount: Int

  /// Creates a plan.
  public init(
    stepCount: Int, firstStep: Int, stepsPerEpoch: Int, batch: Int, slice: Int, threads: Int, parameterCount: Int
  ) {
    (self.stepCount, self.firstStep, self.stepsPerEpoch) = (stepCount, firstStep, stepsPerEpoch)
    (self.batch, self.slice, self.threads, self.parameterCount) = (batch, slice, threads, parameterCount)
  }
}

/// One update of the parameters.
public struct TrainingStep: Equatable, Sendable {
  /// The number of updates made, this one included, and of the whole training.
  public let step: Int, stepCount: Int
  /// The loss before the update, the mean over the batch.
  public let loss: Double
  /// What the loss is made of.
  public let parts: [LossPart]
  /// The rate of this update.
  public let learningRate: Double
  /// The global norm of the gradient before clipping.
  public let gradientNorm: Double
  /// The number of windows in the batch.
  public let batch: Int
  /// The wall-clock time of the update.
  public let duration: Duration

  /// Creates a record of an update.
  public init(
    step: Int, stepCount: Int, loss: Double, parts: [LossPart], learningRate: Double, gradientNorm: Double, batch: Int,
    duration: Duration
  ) {
    (self.step, self.stepCount, self.loss, self.parts) = (step, stepCount, loss, parts)
    (self.learningRate, self.gradientNorm, self.batch, self.duration) = (learningRate, gradientNorm, batch, duration)
  }

  /// The throughput of this update.
  public var windowsPerSecond: Double { Double(batch) / max(duration.seconds, 1e-9) }
}

/// A source of samples that an epoch is done with.
public struct SourceVisit: Equatable, Sendable {
  /// What it is called.
  public let source: String
  /// How many sources the epoch is done with, this one included, and how many there are.
  public let visited: Int, sourceCount: Int
  /// Which epoch, counted from one.
  public let epoch: Int

  /// Creates a record of a visit.
  public init(source: String, visited: Int, sourceCount: Int, epoch: Int) {
    (self.source, self.visited, self.sourceCount, self.epoch) = (source, visited, sourceCount, epoch)
  }
}

/// The loss on the validation windows after some updates.
public struct TrainingEvaluation: Equatable, Sendable {
  /// The number of updates made before.
  public let step: Int
  /// The mean loss over the validation windows.
  public let loss: Double
  /// What the loss is made of.
  public let parts: [LossPart]
  /// Whether no earlier evaluation was lower.
  public let isBest: Bool

  /// Creates a record of a measurement.
  public init(step: Int, loss: Double, parts: [LossPart], isBest: Bool) {
    (self.step, self.loss, self.parts, self.isBest) = (step, loss, parts, isBest)
  }
}

/// Something that shows or records the events of a training, in their order.
public protocol TrainingObserver {
  /// - Throws: What keeps the event from being recorded; the training stops with it.
  mutating func observe(_ event: TrainingEvent) throws
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
