import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// Scores the telemetry of one cluster as it comes, raises alarms and joins them to incidents.
///
/// However the samples are cut into pieces, and on however many threads, the results are the same to the bit; a monitor
/// that was saved and restored in between goes on as if it had never stopped. A score depends on its own sample and on
/// earlier ones only.
///
/// ```swift
/// var monitor = Monitor(try FittedDetector(contentsOf: "run"))
/// for piece in pieces {
///   for event in try monitor.push(piece).events { print(event.kind, event.incident.samples) }
/// }
/// let last = monitor.finish()
/// ```
public struct Monitor: Sendable {
  /// What decides everything.
  public let detector: FittedDetector
  /// When scores become alarms.
  public let policy: AlarmPolicy
  /// How many samples were pushed.
  public internal(set) var sampleCount = 0

  /// Per role of the detector.
  var streams: [any RoleStream]
  var counters: [CounterStates]
  var tracker: IncidentTracker
  /// What the last piece looked like, and where its samples stand.
  private var metadata: [LayerMetadata]?
  private var layouts: [RoleLayout] = []
  /// Entities whose role has no baseline.
  var unscored: Set<EntityPath> = []
  /// The role of every entity that is followed.
  private var followed: [EntityPath: Int] = [:]
  /// Whether the last piece listed entities of which nothing was observed yet.
  private var hasWaiting = false
  /// Per role and member.
  private var levels: [[MemberLevel]]

  /// How many numbers are worked on at a time, at most: memory, and nothing else.
  static let blockSize = 1 << 22

  /// A monitor that has seen nothing yet.
  ///
  /// - Parameters:
  ///   - detector: What is normal, and how scores are measured.
  ///   - policy: The budget and the merging of alarms; `nil` for the detector's own.
  public init(_ detector: FittedDetector, policy: AlarmPolicy? = nil) {
    self.detector = detector
    self.policy = policy ?? detector.policy
    streams = detector.roles.map { $0.detector.makeStream(options: detector.options) }
    counters = detector.roles.map { _ in CounterStates() }
    levels = detector.roles.map { _ in [] }
    tracker = IncidentTracker(
      gap: self.policy.rule(interval: detector.interval).gap, options: detector.options, roles: detector.roleNames)
  }

  /// Takes the next samples of the cluster.
  ///
  /// - Parameters:
  ///   - piece: Any number of samples, in time after those that were pushed before. Entities may come and go.
  ///   - keepsContributions: Whether the contribution of every channel is returned with the scores.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: ``DiagnosisError`` when the interval differs from the detector's, or a channel is of another kind.
  /// - Complexity: O(samples · entities · channels).
  public mutating func push(
    _ piece: Run, keepsContributions: Bool = false, threads: Int = 1
  ) throws(DiagnosisError) -> MonitorReading {
    guard piece.interval == detector.interval else {
      throw DiagnosisError(
        "'\(piece.name)' is sampled every \(piece.interval) s, the detector was fitted at \(detector.interval) s: fit "
          + "one for this interval with 'strata adapt'")
    }
    var notices: [String] = []
    try arrange(piece, notices: &notices)
    var reading = MonitorReading(samples: sampleCount..<sampleCount + piece.sampleCount, notices: notices)
    var parts = streams.map { _ in [RoleReading]() }
    let cells = streams.reduce(1) { $0 + $1.cellCount }
    let length = max(Self.blockSize / cells, 1)
    for start in stride(from: 0, to: piece.sampleCount, by: length) {
      let block = start..<min(start + length, piece.sampleCount)
      let readings = read(block, of: piece, threads: threads)
      reading.events += tracker.follow(
        readings, from: sampleCount + start, count: block.count, streams: streams)
      for (role, reading) in readings.enumerated() {
        parts[role].append(keepsContributions ? reading : reading.withoutContributions)
      }
    }
    for (role, stream) in streams.enumerated() {
      reading.append(
        parts[role], of: stream, levels: levels[role], from: sampleCount,
        keepsContributions: keepsContributions)
    }
    sampleCount += piece.sampleCount
    reading.openIncident = tracker.openSamples
    return reading
  }

  /// Ends what is going on: an incident that is still open is complete as it stands.
  public mutating func finish() -> [Incident] { tracker.finish(streams: streams) }

  /// Runs every role's stream over a block of samples.
  private mutating func read(_ block: Range<Int>, of piece: Run, threads: Int) -> [RoleReading] {
    let (layouts, levels) = (self.layouts, self.levels)
    // In boxes of their own, and nowhere else, the states are changed in place.
    let states = zip(streams, counters).map { Guarded(($0, $1)) }
    (streams, counters) = ([], [])
    let readings = parallelMap(count: states.count, threads: threads) { role in
      states[role].withLock { state in
        RoleReading(
          block, of: piece, layouts[role], levels: levels[role], stream: &state.0, counters: &state.1)
      }
    }
    for state in states {
      let (stream, counter) = state.withLock { $0 }
      streams.append(stream)
      counters.append(counter)
    }
    return readings
  }

  /// Follows another entity from here on.
  mutating func follow(_ entity: EntityPath, role: Int) {
    streams[role].add(entity)
    levels[role].append(
      MemberLevel(entity, of: detector.roles[role], rate: policy.rate(interval: detector.interval)))
    followed[entity] = role
    counters[role].grow(to: streams[role].cellCount)
  }

  /// Finds the entities and channels of a piece.
  private mutating func arrange(_ piece: Run, notices: inout [String]) throws(DiagnosisError) {
    let layers = piece.metadata.layers
    let isNew = layers != metadata
    // An entity is followed from its first sample on, so that pieces do not matter.
    let comers =
      isNew || hasWaiting ? piece.observedEntities.filter { followed[$0] == nil && !unscored.contains($0) } : []
    guard isNew || !comers.isEmpty else { return }
    let matching = ChannelMatching(layers, detector: detector)
    if let problem = matching.contradiction { throw DiagnosisError("'\(piece.name)': \(problem)") }
    if isNew { notices += matching.notices }
    for entity in comers {
      let role = matching.role(of: entity, in: piece)
      guard let role, let index = detector.roles.firstIndex(where: { $0.name == role }) else {
        unscored.insert(entity)
        continue
      }
      follow(entity, role: index)
    }
    notices += matching.entityNotices(streams: streams, unscored: unscored, new: Set(comers), isFirst: metadata == nil)
    metadata = layers
    hasWaiting = !Set(layers.flatMap(\.entities)).subtracting(unscored).allSatisfy { followed[$0] != nil }
    layouts = streams.map { RoleLayout($0.members, channels: $0.channels, in: layers) }
  }
}
