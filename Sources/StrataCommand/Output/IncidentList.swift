import Strata

/// The incidents of a detection, for people and for programs.
struct IncidentList: Encodable {
  struct Entry: Encodable {
    let run: String
    let start: String
    let end: String
    let seconds: Double
    let firstSample: Int
    /// The sample after the last one.
    let endSample: Int
    /// How likely a false alarm that reaches the highest score begins at a sample of clean time.
    let pValue: Double
    let alarms: [Alarm]
    let evidence: Evidence
  }

  let budget: Double
  let incidents: [Entry]
  let notices: [String]

  init(_ detection: Detection) {
    (budget, notices) = (detection.scores.policy.budget, detection.notices)
    incidents = zip(detection.scores.sources, detection.incidents).flatMap { source, incidents in
      incidents.map { Entry($0, of: source) }
    }
  }

  /// How many channels the table names per incident.
  private static let channelLimit = 3

  /// A table in 80 columns: a line per incident, and below it the channels that stand out most.
  func text(isColored: Bool) -> String {
    guard !incidents.isEmpty else { return "No incidents.\n" }
    let severalRuns = Set(incidents.map(\.run)).count > 1
    var table = TextTable(
      [.init("start (UTC)"), .init("lasts", isNumber: true), .init("p-value", isNumber: true), .init("most suspect")]
        + (severalRuns ? [.init("run")] : []))
    for entry in incidents {
      table.add(
        [
          entry.start, NumberText.duration(seconds: entry.seconds), NumberText.probability(entry.pValue),
          entry.suspect.name,
        ]
          + (severalRuns ? [entry.run] : []))
      for channel in entry.suspect.channels.prefix(Self.channelLimit) {
        table.addNote("\(channel.layer)/\(channel.name)")
      }
    }
    return table.text(isColored: isColored)
  }
}

extension IncidentList.Entry {
  init(_ incident: Incident, of source: ScoredTelemetry.Source) {
    func time(_ sample: Int) -> String { TimeText.utc(source.start + Double(sample) * source.interval) }
    self.init(
      run: source.name, start: time(incident.samples.lowerBound), end: time(incident.samples.upperBound),
      seconds: Double(incident.samples.count) * source.interval, firstSample: incident.samples.lowerBound,
      endSample: incident.samples.upperBound, pValue: incident.alarms.first?.pValue ?? 1, alarms: incident.alarms,
      evidence: incident.evidence)
  }

  /// Whoever differs most from its peers; all of a role where that moved more than any one of it.
  var suspect: (name: String, channels: [Evidence.Channel]) {
    let (entity, role) = (evidence.entities.first, evidence.roles.first)
    if let role, role.strength > entity?.strength ?? 0 { return ("every \(role.role)", role.channels) }
    return entity.map { ("\($0.entity)", $0.channels) } ?? ("–", [])
  }
}
