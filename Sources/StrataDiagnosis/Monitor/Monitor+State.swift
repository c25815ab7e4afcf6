import StrataTelemetry
public import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A state is one safetensors file: what the monitor has to remember of the past, beside the detector. Its metadata has one
/// entry `strata-monitor`, a JSON object; arrays are named `<role>/<what>`.
extension Monitor {
  private static let metadataKey = "strata-monitor"
  private static let currentFormat = 3

  private struct Index: Codable {
    struct Role: Codable {
      let name: String
      let members: [EntityPath]
      /// What of the stream's memory is whole numbers.
      let counts: [String: [Int]]
    }

    var format = Monitor.currentFormat
    /// What the detector was made with: a state belongs to one detector.
    let provenance: Provenance
    let policy: AlarmPolicy
    let sampleCount: Int
    let unscored: [EntityPath]
    let open: IncidentTracker.Open?
    let keptReadings: Int
    let roles: [Role]
  }

  /// Writes everything that is needed to go on, aside and renamed.
  ///
  /// - Throws: `SafetensorsError`.
  public func write(to path: String) throws(SafetensorsError) { try write(to: path, beside: [:]) }

  /// Writes the state with further metadata of the file.
  func write(to path: String, beside metadata: [String: String]) throws(SafetensorsError) {
    var arrays: [(String, NDArray)] = []
    func add(_ name: String, _ elements: [Float]) { arrays.append((name, NDArray([elements.count], elements))) }
    var entries: [Index.Role] = []
    for (role, stream) in streams.enumerated() {
      let (name, state) = (detector.roles[role].name, stream.state)
      entries.append(Index.Role(name: name, members: stream.members, counts: state.counts))
      for (key, values) in state.arrays.sorted(by: { $0.key < $1.key }) { add("\(name)/stream.\(key)", values) }
      add("\(name)/totals", counters[role].totals)
      add("\(name)/ages", counters[role].ages)
      for (age, readings) in tracker.recent.enumerated() {
        add("\(name)/kept.\(age).scores", readings[role].scores)
        add("\(name)/kept.\(age).alarmed", readings[role].alarmed.map { $0 ? 1 : 0 })
        add("\(name)/kept.\(age).own", readings[role].own)
        add("\(name)/kept.\(age).common", readings[role].common)
      }
    }
    let index = Index(
      provenance: detector.provenance, policy: policy, sampleCount: sampleCount, unscored: unscored.sorted(),
      open: tracker.open, keptReadings: tracker.recent.count, roles: entries)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Sums of contributions are finite, so that encoding cannot fail.
    guard let text = try? encoder.encode(index) else { fatalError("Monitor: a number is not finite") }
    let own = [Self.metadataKey: String(decoding: text, as: UTF8.self)]
    try SafetensorsFile.write(arrays, metadata: own.merging(metadata) { own, _ in own }, to: path)
  }

  /// Goes on where a monitor of the same detector stopped.
  ///
  /// - Throws: `RunFolderError` for a file of another detector, another version or without sense; `SafetensorsError` for a
  ///   damaged one.
  public init(restoring path: String, detector: FittedDetector) throws {
    let file = try SafetensorsFile(contentsOf: path)
    func refused(_ problem: String) -> RunFolderError {
      RunFolderError("\(problem); remove it to begin anew", at: path)
    }
    struct Version: Decodable { let format: Int }
    guard let text = file.metadata[Self.metadataKey],
      let version = try? JSONDecoder().decode(Version.self, from: Data(text.utf8))
    else { throw refused("is no state of a monitor") }
    guard version.format == Self.currentFormat else {
      throw refused("has format \(version.format), this version reads \(Self.currentFormat)")
    }
    guard let index = try? JSONDecoder().decode(Index.self, from: Data(text.utf8)) else { throw refused("is damaged") }
    guard index.provenance == detector.provenance, index.roles.map(\.name) == detector.roleNames else {
      throw refused("belongs to another detector")
    }
    self.init(detector, policy: index.policy)
    guard (0..<detector.options.persistence).contains(index.keptReadings) else { throw refused("contradicts itself") }
    for (role, entry) in index.roles.enumerated() {
      guard Set(entry.members).count == entry.members.count else {
        throw refused("contradicts itself in role '\(entry.name)'")
      }
      for member in entry.members { follow(member, role: role) }
      let prefix = "\(entry.name)/stream."
      var state = RoleState(counts: entry.counts)
      for name in file.names where name.hasPrefix(prefix) {
        state.arrays[String(name.dropFirst(prefix.count))] = try file.array(named: name).elements
      }
      let cells = streams[role].cellCount
      guard streams[role].restore(state), file.shape(of: "\(entry.name)/totals") == [cells],
        file.shape(of: "\(entry.name)/ages") == [cells]
      else { throw refused("contradicts itself in role '\(entry.name)'") }
      counters[role] = CounterStates(
        totals: try file.array(named: "\(entry.name)/totals").elements,
        ages: try file.array(named: "\(entry.name)/ages").elements)
    }
    var kept: [[RoleReading]] = []
    for age in 0..<index.keptReadings {
      kept.append(
        try index.roles.map { entry in
          func read(_ name: String) throws -> [Float] {
            try file.array(named: "\(entry.name)/kept.\(age).\(name)").elements
          }
          return RoleReading(
            scores: try read("scores"), alarmed: try read("alarmed").map { $0 > 0 }, own: try read("own"),
            common: try read("common"))
        })
    }
    guard index.open.map({ $0.sums.count == index.roles.count }) ?? true else { throw refused("contradicts itself") }
    (tracker.open, tracker.recent) = (index.open, kept)
    sampleCount = index.sampleCount
    unscored = Set(index.unscored)
  }
}
