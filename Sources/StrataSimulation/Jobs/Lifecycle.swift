/// What a job is doing besides stepping.
package enum Lifecycle: Sendable, Equatable {
  case running
  case checkpoint
  case evaluation
  /// A collective that will never end; the watchdog counts.
  case hung
  /// The job is over and its next attempt has not begun.
  case down
}

/// A stretch of a job's life that is not plain training.
package struct Interruption: Sendable, Equatable {
  package let what: Lifecycle
  /// In seconds from the start of the run.
  package let start: Double
  package let end: Double
}

/// What a job sees of the cluster when it takes its next step.
package struct JobContext: Sendable {
  package let cluster: Cluster
  package let specification: DeviceSpecification
  package let streams: RandomStreams
  package let conditions: Conditions
  package let devices: [DeviceState]
}
