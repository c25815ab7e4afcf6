import StrataTensor

/// Everything about a simulated cluster that changes: a value, so that a copy can be continued in another way.
package struct WorldState: Sendable {
  /// The sample that comes next; negative while the cluster warms up.
  package var sample: Int
  package var training: [TrainingJob.State]
  package var serving: [ServingJob.State]
  package var devices: [DeviceState]
  package var hosts: [HostState]
  /// Faults whose beginning has taken effect, and since when those are repaired that have been.
  package var begun: Set<Int> = []
  package var repaired: [Int: Double] = [:]
  /// How often each planned restart of the plan has restarted its jobs.
  package var restarted: [Int: Int] = [:]
  /// Whether the port of each device was up at the last sample.
  package var isPortUp: [Bool]
  /// Steps of each training job until the last sample.
  package var completed: [Int]

  package var jobs: [any SimulatedJobState] { training + serving }
}

/// What one device did since the last sample.
struct DeviceSums: Sendable {
  var activity = Activity()
  var throttled = 0.0
  var capped = 0.0
  var energy = 0.0
}
