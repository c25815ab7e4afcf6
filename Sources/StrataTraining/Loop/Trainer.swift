import StrataNeural
import StrataTensor

/// The training loop: deterministic for a configuration, whatever the number of threads and interruptions.
///
/// The batch of a step is cut into slices of a configured size. Each slice gets a random generator of its own and is
/// gathered and run on one of the threads; the loss sees all slices of the batch together, and its gradient goes back
/// slice by slice, added up in their order. So the slice decides memory and parallelism, and the batch what is learnt.
/// An update may take the mean gradient of several batches, one after the other.
public struct Trainer<Task: TrainingTask>: Sendable {
  /// What is learnt.
  public let task: Task
  /// How it is learnt.
  public let configuration: TrainingConfiguration
  /// How many threads share the slices of a batch; the result does not depend on it.
  public let threads: Int
  /// How many bytes of saved activations may wait for the gradient of the loss; the result does not depend on it.
  public let activationBytes: Int
  /// Where checkpoints go; `nil` writes none.
  public let checkpoints: CheckpointFolder?
  /// Which samples every update sees: those of all its batches.
  let order: SampleOrder

  /// - Parameters:
  ///   - task: What is to be learnt.
  ///   - configuration: How.
  ///   - threads: How many threads share the slices of a batch.
  ///   - activationBytes: How many bytes of saved activations may wait for the gradient of the loss. When they are used
  ///     up, the remaining slices of a batch run twice; one slice per thread comes on top.
  ///   - checkpoints: Where checkpoints go; `nil` writes none.
  /// - Throws: `TrainingError.noSamples` when the task has none.
  /// - Precondition: `threads` is positive.
  public init(
    _ task: Task, configuration: TrainingConfiguration, threads: Int, activationBytes: Int = 1 << 29,
    checkpoints: CheckpointFolder? = nil
  ) throws(TrainingError) {
    require(threads > 0, "Trainer: \(threads) threads")
    guard task.sampleCount > 0 else { throw .noSamples }
    (self.task, self.configuration, self.threads) = (task, configuration, threads)
    (self.activationBytes, self.checkpoints) = (activationBytes, checkpoints)
    let (count, batch, accumulate) = (task.sampleCount, configuration.batch, configuration.accumulate)
    order = SampleOrder(
      sampleCount: count, batch: batch <= count / accumulate ? batch * accumulate : count, seed: configuration.seed,
      partSizes: task.parts.map(\.count))
  }

  /// The number of updates of the whole training.
  public var stepCount: Int {
    switch configuration.length {
    case .steps(let count): count
    case .epochs(let count): count * order.stepsPerEpoch
    }
  }

  /// The state before the first update.
  public func start(with model: Task.Model) -> TrainingState<Task.Model> {
    TrainingState(starting: model, with: configuration)
  }

  /// Runs the remaining steps.
  ///
  /// - Parameters:
  ///   - state: A new state, or one restored from a checkpoint. After an error it is the state before the failed step.
  ///   - observe: Receives the events, in their order, on the calling thread.
  ///   - interruption: Asked after each step; a signal ends the training after a checkpoint.
  /// - Throws: `TrainingError` when the loss or a gradient is not finite, `TrainingFileError`, and what task and observer
  ///   throw.
  public func train(
    _ state: inout TrainingState<Task.Model>, observe: (TrainingEvent) throws -> Void = { _ in },
    interruption: () -> InterruptionSignal? = { nil }
  ) throws -> TrainingOutcome {
    let (clock, stepCount) = (ContinuousClock(), stepCount)
    let start = clock.now
    try checkLaterCheckpoints(than: state.step)
    try observe(.started(plan(from: state)))
    var visits = SourceVisits(order, parts: task.parts, after: state.step)
    while state.step < stepCount {
      try observe(.step(try advance(&state, clock: clock)))
      for visit in visits.advance() { try observe(.visited(visit)) }
      if isDue(configuration.validationInterval, after: state.step), task.validationCount > 0 {
        try observe(.evaluated(try evaluate(&state)))
      }
      let signal = interruption()
      if let checkpoints, signal != nil || isDue(configuration.checkpointInterval, after: state.step) {
        let checkpoint = try checkpoints.write(state, keeping: configuration.checkpointsKept, data: task.dataDigest)
        try observe(.checkpointed(step: state.step, path: checkpoint.path))
      }
      if let signal, state.step < stepCount {
        try observe(.interrupted(step: state.step, by: signal))
        return .interrupted(signal)
      }
    }
    try observe(.finished(step: state.step, duration: clock.now - start))
    return .finished
  }

  /// Whether something is due after `step` updates: at every multiple of its interval, and at the end.
  private func isDue(_ interval: Int?, after step: Int) -> Bool {
    step == stepCount || interval.map { step % $0 == 0 } ?? false
  }

  private func plan(from state: TrainingState<Task.Model>) -> TrainingPlan {
    TrainingPlan(
      stepCount: stepCount, firstStep: state.step, stepsPerEpoch: order.stepsPerEpoch, batch: order.batch,
      slice: min(configuration.slice, order.batch), threads: threads,
      parameterCount: state.trained.namedArrays().reduce(0) { $0 + $1.array.count })
  }
}
