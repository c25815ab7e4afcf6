import Strata

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Follows a store and prints what is new about incidents.
struct LiveDetection {
  private let path: String
  private let state: String?
  private let isJSON: Bool
  private let threads: Int
  private let logs: LogOptions
  private var follower: StoreFollower
  /// Whether an incident was told of.
  private(set) var hasIncidents = false

  /// Between two looks at the store.
  private static let patience: UInt32 = 200_000  // microseconds

  /// - Parameters:
  ///   - ignored: Entities and channels that are left out.
  ///   - state: Where to go on from, if it is there, and what is kept up to date; `nil` for neither.
  init(
    store path: String, detector: FittedDetector, policy: AlarmPolicy, ignored: [String], state: String?, isJSON: Bool,
    threads: Int, logs: LogOptions
  ) throws {
    (self.path, self.state, self.isJSON, self.threads, self.logs) = (path, state, isJSON, threads, logs)
    let exclusion = try TelemetryExclusion(ignored, in: [RunStore(opening: path).metadata])
    if let state, FileManager.default.fileExists(atPath: state) {
      follower = try StoreFollower(restoring: state, detector: detector, policy: policy, exclusion: exclusion)
      logs.info("goes on after sample \(follower.monitor.sampleCount): \(state)")
    } else {
      follower = StoreFollower(detector, policy: policy, exclusion: exclusion)
    }
  }

  /// Prints until the store is complete.
  ///
  /// The state is written after what it covers was printed: after a crash lines may come twice, and none is lost.
  ///
  /// - Throws: `Interrupted` when a signal was noted.
  mutating func run() throws {
    while true {
      let store = try RunStore(opening: path)
      while let reading = try follower.next(of: store, threads: threads) {
        for notice in reading.notices { logs.warning(notice) }
        try show(reading.events, of: store.metadata)
        try keepState()
        try checkSignals()
      }
      if !store.isGrowing {
        try show(follower.finish(), of: store.metadata)
        return try keepState()
      }
      usleep(Self.patience)  // ends early when a signal comes
      try checkSignals()
    }
  }

  private mutating func show(_ events: [IncidentEvent], of metadata: RunMetadata) throws {
    for event in events {
      let line = IncidentLine(event, of: metadata)
      try Console.write(isJSON ? JSONText.line(line) + "\n" : line.text)
      hasIncidents = true
    }
  }

  private func keepState() throws {
    guard let state else { return }
    try OutputFailure.translating(state) { try follower.write(to: state) }
  }

  private func checkSignals() throws {
    try Interrupted.check(
      remedy: state.map { "the same command goes on from '\($0)'" } ?? "with --state it could go on from here")
  }
}
