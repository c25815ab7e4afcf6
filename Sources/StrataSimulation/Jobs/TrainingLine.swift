/// What a trainer writes to its log.
package enum TrainingLine: Sendable {
  case iteration(TrainingIteration)
  /// The job began something else, or training again.
  case entered(Lifecycle, time: Double, iteration: Int)
  /// An evaluation has ended.
  case validated(loss: Double, time: Double, iteration: Int)
}

/// One iteration as the trainer logs it.
package struct TrainingIteration: Sendable {
  /// When it ended, in seconds from the start of the run.
  package let time: Double
  package let iteration: Int
  package let signals: SignalRow<JobSignal>
  /// The step behind it in full, for whoever records operations.
  package let step: Step
}
