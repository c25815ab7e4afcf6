import StrataTensor

/// Everything about a simulated cluster that changes: a value, so that a copy can be continued in another way.
package struct WorldState: Sendable {
  /// Seconds from the start of the run; negative while the cluster warms up.
  package var time: Double
  /// The sample that is being accumulated.
  package var sample: Int
  /// Steps of any kind so far; addresses their randomness.
  package var step = 0
  package var iteration: Int
  package var router: Router
  package var noise: ComputeNoise
  package var curve: TrainingCurve
  package var physics: DevicePhysics
  package var sums: [SampleAccumulator]
  package var logs: [StepLog]
  package var schedule: Schedule
}

/// When the job pauses.
package struct Schedule: Sendable {
  package enum Activity: Sendable, Equatable { case training, checkpoint, evaluation }

  /// What the job is doing, and until when it pauses.
  package var activity = Activity.training
  package var pauseEnd = 0.0
  package var pauseStart = 0.0
  package var nextCheckpoint: Double
  package var nextEvaluation: Double
  /// Pauses that are over.
  package var completed: [(activity: Activity, start: Double, end: Double)] = []

  package init(_ scenario: Scenario) {
    nextCheckpoint = scenario.checkpoints?.every ?? .infinity
    nextEvaluation = scenario.evaluations?.every ?? .infinity
  }

  /// Decides what to do next; called whenever the job is between two steps.
  package mutating func update(time: Double, scenario: Scenario, streams: RandomStreams) {
    if activity != .training {
      if time < pauseEnd { return }
      completed.append((activity, pauseStart, time))
      activity = .training
    }
    if let pause = scenario.checkpoints, time >= nextCheckpoint {
      begin(.checkpoint, pause, number: completed.count, time: time, streams: streams)
      nextCheckpoint += pause.every
    } else if let pause = scenario.evaluations, time >= nextEvaluation {
      begin(.evaluation, pause, number: completed.count, time: time, streams: streams)
      nextEvaluation += pause.every
    }
  }

  private mutating func begin(
    _ activity: Activity, _ pause: PeriodicPause, number: Int, time: Double, streams: RandomStreams
  ) {
    var generator = streams.generator(for: .pause, number)
    self.activity = activity
    pauseStart = time
    pauseEnd = time + pause.duration * (0.85 + 0.3 * generator.uniformDouble())
  }
}
