public import StrataTelemetry
public import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Scores a run store while it is being written, block by block, and goes on after a restart.
///
/// ```swift
/// var follower = StoreFollower(try FittedDetector(contentsOf: "run"))
/// var store = try RunStore(opening: "live.zarr")
/// while let reading = try follower.next(of: store, threads: 2) { print(reading.events.map(\.kind)) }
/// try follower.write(to: "state")  // and later: StoreFollower(restoring: "state", detector: detector)
/// ```
/// What it says of a store depends neither on when the store was opened nor on restarts: in the end it is, bit by bit,
/// what `FittedDetector.detect` says of the whole.
public struct StoreFollower: Sendable {
  /// What scores the samples.
  public private(set) var monitor: Monitor
  /// Which run is followed; `nil` before the first samples.
  private var run: FollowedRun?
  /// Entities and channels that are left out.
  public let exclusion: TelemetryExclusion

  private static let metadataKey = "strata-followed-run"
  /// Values that are read at once, at most: 64 MiB.
  private static let blockValues = 16 << 20

  /// What tells one run from another.
  private struct FollowedRun: Codable, Equatable, Sendable {
    let name: String
    let start: Double
    let interval: Double

    init(_ metadata: RunMetadata) { (name, start, interval) = (metadata.name, metadata.start, metadata.interval) }
  }

  /// A follower that has seen nothing yet.
  ///
  /// - Parameters:
  ///   - detector: What is normal, and how scores are measured.
  ///   - policy: The budget and the merging of alarms; `nil` for the detector's own.
  ///   - exclusion: Entities and channels that are left out.
  public init(_ detector: FittedDetector, policy: AlarmPolicy? = nil, exclusion: TelemetryExclusion = .none) {
    (monitor, self.exclusion) = (Monitor(detector, policy: policy), exclusion)
  }

  /// Goes on where a follower stopped.
  ///
  /// - Parameters:
  ///   - path: A state that ``write(to:)`` left.
  ///   - detector: The detector that it was made with.
  ///   - policy: The policy that it was made with; `nil` for the detector's own.
  ///   - exclusion: What was left out then.
  /// - Throws: `RunFolderError` for a state of something else, another detector or another policy; `SafetensorsError` for
  ///   a damaged one.
  public init(
    restoring path: String, detector: FittedDetector, policy: AlarmPolicy? = nil, exclusion: TelemetryExclusion = .none
  ) throws {
    monitor = try Monitor(restoring: path, detector: detector)
    self.exclusion = exclusion
    let state = try SafetensorsFile(contentsOf: path).metadata[Self.metadataKey]
    guard let state, let known = try? JSONDecoder().decode(State.self, from: Data(state.utf8)) else {
      throw RunFolderError("is no state of a followed store; remove it to begin anew", at: path)
    }
    guard monitor.policy == policy ?? detector.policy else {
      throw RunFolderError(
        "was made with a budget of \(monitor.policy.budget); give the same, or remove it to begin anew", at: path)
    }
    guard known.exclusion == exclusion else {
      throw RunFolderError(
        "was made leaving out \(known.exclusion); leave out the same, or remove it to begin anew", at: path)
    }
    run = known.run
  }

  /// What the metadata of a state say beside the monitor's.
  private struct State: Codable {
    let run: FollowedRun?
    let exclusion: TelemetryExclusion
  }

  /// Reads and scores the next samples of the store, a block of them at most.
  ///
  /// - Parameters:
  ///   - store: The store as it is now.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Returns: What they say; `nil` when the store has no more samples than were read before.
  /// - Throws: ``DiagnosisError`` when the store is of another run than before, or does not fit the detector;
  ///   `RunStoreError` when it is damaged, after which the same samples can be read again.
  /// - Complexity: Memory for 64 MiB of samples, or for one chunk of the store if that is more.
  public mutating func next(of store: RunStore, threads: Int = 1) throws -> MonitorReading? {
    let (metadata, first) = (store.metadata, monitor.sampleCount)
    let current = FollowedRun(metadata)
    if let run, run != current {
      throw DiagnosisError(
        "'\(current.name)' is not the run that was followed before, '\(run.name)': remove the state to begin anew")
    }
    guard metadata.sampleCount >= first else {
      throw DiagnosisError(
        "'\(current.name)' has \(metadata.sampleCount) samples, \(first) were read before: remove the state to begin anew"
      )
    }
    guard metadata.sampleCount > first else { return nil }
    let width = metadata.layers.reduce(1) { $0 + $1.entities.count * $1.channels.count }
    let end = min(metadata.sampleCount, first + max(Self.blockValues / width, 1))
    let piece = try store.read(samples: first..<end)
    let reading = try monitor.push(exclusion.applied(to: piece), threads: threads)
    run = current
    return reading
  }

  /// Ends what is going on: an incident that is still open is complete as it stands.
  public mutating func finish() -> [IncidentEvent] { monitor.finish().map { IncidentEvent(.end, $0) } }

  /// Writes everything that is needed to go on, aside and renamed.
  ///
  /// - Throws: `SafetensorsError`.
  public func write(to path: String) throws(SafetensorsError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Times of a run that was read are finite.
    guard let text = try? encoder.encode(State(run: run, exclusion: exclusion)) else {
      fatalError("StoreFollower: a time is not finite")
    }
    try monitor.write(to: path, beside: [Self.metadataKey: String(decoding: text, as: UTF8.self)])
  }
}
