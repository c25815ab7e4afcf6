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
  private static let currentFormat = 1

  private struct Index: Codable {
    struct Role: Codable {
      let name: String
      let members: [EntityPath]
      let sampleCount: Int
      /// Per channel, how many values of the recent level are kept, and where the next one goes.
      let recentCounts: [Int]
      let recentNext: [Int]
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
  public func write(to path: String) throws(SafetensorsError) {
    var arrays: [(String, NDArray)] = []
    func add(_ name: String, _ elements: [Float]) { arrays.append((name, NDArray([elements.count], elements))) }
    for (role, stream) in streams.enumerated() {
      let name = stream.baseline.name
      for (age, values) in stream.ring.enumerated() { add("\(name)/ring.\(age)", values) }
      for (age, values) in stream.history.enumerated() { add("\(name)/history.\(age)", values) }
      add("\(name)/gaps", stream.gaps)
      add("\(name)/sums", stream.sums)
      add("\(name)/counts", stream.counts)
      add("\(name)/centres", stream.centres)
      add("\(name)/spreads", stream.spreads)
      add("\(name)/recent", stream.recent.flatMap(\.values))
      add("\(name)/totals", counters[role].totals)
      add("\(name)/ages", counters[role].ages)
      for (age, readings) in tracker.recent.enumerated() {
        add("\(name)/kept.\(age).scores", readings[role].scores)
        add("\(name)/kept.\(age).alarmed", readings[role].alarmed.map { $0 ? 1 : 0 })
        add("\(name)/kept.\(age).peers", readings[role].peers)
        add("\(name)/kept.\(age).common", readings[role].common)
      }
    }
    let index = Index(
      provenance: detector.provenance, policy: policy, sampleCount: sampleCount, unscored: unscored.sorted(),
      open: tracker.open, keptReadings: tracker.recent.count,
      roles: streams.map { stream in
        Index.Role(
          name: stream.baseline.name, members: stream.members, sampleCount: stream.sampleCount,
          recentCounts: stream.recent.map(\.values.count), recentNext: stream.recent.map(\.next))
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Sums of surprises are finite, so that encoding cannot fail.
    guard let text = try? encoder.encode(index) else { fatalError("Monitor: a number is not finite") }
    try SafetensorsFile.write(arrays, metadata: [Self.metadataKey: String(decoding: text, as: UTF8.self)], to: path)
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
    for (role, entry) in index.roles.enumerated() {
      for member in entry.members { follow(member, role: role) }
      let cells = streams[role].centres.count
      func read(_ name: String, count: Int) throws -> [Float] {
        guard file.shape(of: "\(entry.name)/\(name)") == [count] else {
          throw refused("contradicts itself in role '\(entry.name)'")
        }
        return try file.array(named: "\(entry.name)/\(name)").elements
      }
      let channels = streams[role].baseline.channels.count
      let memory = detector.options.memory
      guard Set(entry.members).count == entry.members.count, entry.sampleCount >= 0,
        entry.recentCounts.count == channels, entry.recentNext.count == channels,
        entry.recentCounts.allSatisfy({ (0...memory).contains($0) }),
        entry.recentNext.allSatisfy({ (0..<memory).contains($0) }),
        (0..<detector.options.persistence).contains(index.keptReadings)
      else { throw refused("contradicts itself in role '\(entry.name)'") }
      for age in streams[role].ring.indices { streams[role].ring[age] = try read("ring.\(age)", count: cells) }
      for age in streams[role].history.indices {
        streams[role].history[age] = try read("history.\(age)", count: entry.members.count)
      }
      streams[role].gaps = try read("gaps", count: cells)
      streams[role].sums = try read("sums", count: cells)
      streams[role].counts = try read("counts", count: cells)
      streams[role].centres = try read("centres", count: cells)
      streams[role].spreads = try read("spreads", count: cells)
      streams[role].sampleCount = entry.sampleCount
      let recent = try read("recent", count: entry.recentCounts.reduce(0, +))
      var place = 0
      for channel in 0..<channels {
        let values = Array(recent[place..<place + entry.recentCounts[channel]])
        streams[role].recent[channel] = RecentLevel(memory: memory, values: values, next: entry.recentNext[channel])
        place += values.count
      }
      counters[role] = CounterStates(
        totals: try read("totals", count: cells), ages: try read("ages", count: cells))
    }
    var kept: [[RoleReading]] = []
    for age in 0..<index.keptReadings {
      kept.append(
        try index.roles.map { entry in
          func read(_ name: String) throws -> [Float] {
            try file.array(named: "\(entry.name)/kept.\(age).\(name)").elements
          }
          return RoleReading(
            scores: try read("scores"), alarmed: try read("alarmed").map { $0 > 0 }, peers: try read("peers"),
            common: try read("common"))
        })
    }
    guard index.open.map({ $0.sums.count == index.roles.count }) ?? true else { throw refused("contradicts itself") }
    (tracker.open, tracker.recent) = (index.open, kept)
    sampleCount = index.sampleCount
    unscored = Set(index.unscored)
  }
}
