import Strata

/// The incidents of a detection, for people and for programs.
struct IncidentList: Encodable {
  struct Entry: Encodable {
    let run: String
    let start: String
    let end: String
    let firstSample: Int
    /// The sample after the last one.
    let endSample: Int
    /// How likely normal time reaches the highest score at any one sample.
    let pValue: Double
    let alarms: [AlarmEntry]
  }

  struct AlarmEntry: Encodable {
    let entity: EntityPath
    let firstSample: Int
    let endSample: Int
    let peakScore: Float
    let pValue: Double
    let culprits: [CulpritEntry]
  }

  struct CulpritEntry: Encodable {
    let layer: TelemetryLayer
    let channel: String
    let contribution: Float
  }

  let threshold: Float
  let budget: Double
  let incidents: [Entry]
  private let starts: [Double]

  private enum CodingKeys: String, CodingKey { case threshold, budget, incidents }

  init(_ detection: Detection) {
    let scores = detection.scores
    (threshold, budget) = (scores.threshold, scores.policy.budget)
    starts = detection.incidents.map { Double($0.samples.lowerBound) * scores.sources[$0.run].interval }
    incidents = detection.incidents.map { incident in
      let source = scores.sources[incident.run]
      func time(_ sample: Int) -> String { TimeText.utc(source.start + Double(sample) * source.interval) }
      return Entry(
        run: source.name, start: time(incident.samples.lowerBound), end: time(incident.samples.upperBound),
        firstSample: incident.samples.lowerBound, endSample: incident.samples.upperBound,
        pValue: incident.alarms[0].pValue, alarms: incident.alarms.map(AlarmEntry.init))
    }
  }

  /// How many entities and channels a line of the table names.
  private static let nameLimit = 2

  func text(isColored: Bool) -> String {
    guard !incidents.isEmpty else { return "No incidents.\n" }
    var table = TextTable(
      .init("run"), .init("start (UTC)"), .init("into the run", isNumber: true), .init("p-value", isNumber: true),
      .init("entities"), .init("channels of the first entity"))
    for (entry, start) in zip(incidents, starts) {
      var entities: [String] = []
      for alarm in entry.alarms where !entities.contains("\(alarm.entity)") { entities.append("\(alarm.entity)") }
      let channels = entry.alarms[0].culprits.map { "\($0.layer)/\($0.channel)" }
      table.add(
        entry.run, entry.start, NumberText.elapsed(seconds: start), NumberText.probability(entry.pValue),
        Self.shortened(entities), Self.shortened(channels))
    }
    return table.text(isColored: isColored)
  }

  private static func shortened(_ names: [String]) -> String {
    let shown = names.prefix(nameLimit).joined(separator: ", ")
    return names.count > nameLimit ? "\(shown) and \(names.count - nameLimit) more" : shown
  }
}

extension IncidentList.AlarmEntry {
  init(_ alarm: Alarm) {
    self.init(
      entity: alarm.entity, firstSample: alarm.samples.lowerBound, endSample: alarm.samples.upperBound,
      peakScore: alarm.peakScore, pValue: alarm.pValue,
      culprits: alarm.culprits.map {
        IncidentList.CulpritEntry(
          layer: $0.channel.layer, channel: $0.channel.channel.name, contribution: $0.contribution)
      })
  }
}
