/// What is certain to have happened to a training job.
enum TrainingEvent: Sendable {
  case iteration(TrainingIteration)
  /// The job began something else, or training again; what it had begun and did not finish.
  case entered(Lifecycle, time: Double, iteration: Int, unfinished: TrainingIteration?)
  case validated(loss: Double, time: Double, iteration: Int)
}

/// Tells iterations that were finished from those that were only begun.
///
/// A job plans a step when it begins it, and something that happens before its end makes the plan void. So an iteration
/// is certain only when the next line is known.
struct TrainingEventFilter: Sendable {
  private var pending: TrainingIteration?

  /// Takes lines in the order of time and returns what they make certain.
  mutating func take(_ lines: [TrainingLine]) -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    for line in lines {
      switch line {
      case .iteration(let iteration):
        if let pending { events.append(.iteration(pending)) }
        pending = iteration
      case .entered(let lifecycle, let time, let iteration):
        var unfinished: TrainingIteration?
        if let pending {
          if pending.time <= time + 1e-9 { events.append(.iteration(pending)) } else { unfinished = pending }
        }
        pending = nil
        events.append(.entered(lifecycle, time: time, iteration: iteration, unfinished: unfinished))
      case .validated(let loss, let time, let iteration):
        if let pending { events.append(.iteration(pending)) }
        pending = nil
        events.append(.validated(loss: loss, time: time, iteration: iteration))
      }
    }
    return events
  }

  /// The iteration that was under way at the end of the run, if it ended before.
  func rest(before end: Double) -> [TrainingEvent] {
    guard let pending, pending.time <= end else { return [] }
    return [.iteration(pending)]
  }
}
