package import StrataTelemetry

/// What all jobs have in common.
package protocol SimulatedJob: Sendable {
  associatedtype State: SimulatedJobState
  /// The place among all jobs; training jobs come first.
  var index: Int { get }
  var path: EntityPath { get }
  /// The device of each rank.
  var devices: [Int] { get }
  var routerShape: RouterShape { get }

  /// Lets the job go on between two moments and adds what its devices do to their sums, weighted by seconds.
  func elapse(
    _ state: inout State, from start: Double, to end: Double, in context: JobContext, into sums: inout [Activity])
}

/// What of a changing job its telemetry shows.
package protocol SimulatedJobState: Sendable {
  var log: SignalRow<JobSignal> { get }
  var ranks: [RankLog] { get }
  var routing: Routing? { get }
  var router: Router { get }
  var interruptions: [Interruption] { get }
  var lifecycle: Lifecycle { get }
  /// Experts whose gradients are corrupted at the moment.
  var corruptedExperts: [CorruptedExpert] { get }
}

extension TrainingJob: SimulatedJob {}
extension TrainingJob.State: SimulatedJobState {}
extension ServingJob: SimulatedJob {}
extension ServingJob.State: SimulatedJobState {
  package var lifecycle: Lifecycle { .running }
  package var corruptedExperts: [CorruptedExpert] { [] }
}
