/// Where the records of one run go. What is nil is not written.
///
/// All of them come from the same run in one pass. Each is written aside and renamed when it is complete: whoever opens it
/// sees what was there before, or all of it. Only a store with a ``publishedPiece`` can be read while it grows.
public struct SimulationOutputs: Sendable, Hashable {
  /// The folder of the run store.
  public var store: String?
  /// After so many samples the store is made readable as far as it has come, from the first on; nil when it appears whole.
  public var publishedPiece: Int?
  /// The scrapes of all exporters in OpenMetrics.
  public var openMetrics: String?
  /// The log of the training job as Megatron-LM prints it; with several training jobs, one file per job, whose name ends in
  /// a point and the name of the job.
  public var megatronLog: String?
  /// The messages of the kernels of all hosts.
  public var kernelLog: String?
  /// The folder of the flight recorders that the ranks of a job dump when it hangs or crashes.
  public var flightRecorder: String?
  /// The ground truth in JSON.
  public var truth: String?
  /// Whether what is at these places is replaced.
  public var replaces = false
  /// How many collectives the recorder of a rank keeps.
  public var flightRecorderCapacity = FlightRecorder.defaultCapacity

  /// The file in the folder of flight recorders that lists who dumped them when and why.
  public static let flightRecorderIndex = "dumps.json"

  /// A run store, or nothing.
  public init(store: String? = nil) { self.store = store }

  /// The files of the training logs of a scenario, in the order of its training jobs.
  public func megatronLogs(of scenario: Scenario) -> [String] {
    guard let megatronLog else { return [] }
    let names = scenario.jobs.compactMap { job -> String? in
      if case .training = job.workload { job.name } else { nil }
    }
    return names.count == 1 ? [megatronLog] : names.map { "\(megatronLog).\($0)" }
  }
}

/// How far a simulation has come.
public struct SimulationProgress: Sendable, Hashable {
  /// Samples so far.
  public let sample: Int
  /// Samples of the whole run.
  public let sampleCount: Int
}
