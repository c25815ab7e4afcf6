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
    /// Who differs most from its peers, and in which channels.
    let suspects: [SuspectEntry]
    let alarms: [AlarmEntry]
  }

  struct SuspectEntry: Encodable {
    let entity: EntityPath
    let strength: Float
    let culprits: [CulpritEntry]
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
        pValue: incident.alarms[0].pValue,
        suspects: incident.suspects.map { SuspectEntry($0, channels: scores.channels) },
        alarms: incident.alarms.map(AlarmEntry.init))
    }
  }

  /// How many channels a line of the table names.
  private static let nameLimit = 2

  func text(isColored: Bool) -> String {
    guard !incidents.isEmpty else { return "No incidents.\n" }
    var table = TextTable(
      .init("run"), .init("start (UTC)"), .init("into the run", isNumber: true), .init("p-value", isNumber: true),
      .init("most suspect"), .init("its channels"), .init("alarms from", isNumber: true))
    for (entry, start) in zip(incidents, starts) {
      let channels = entry.suspects.first?.culprits.map { "\($0.layer)/\($0.channel)" } ?? []
      table.add(
        entry.run, entry.start, NumberText.elapsed(seconds: start), NumberText.probability(entry.pValue),
        entry.suspects.first.map { "\($0.entity)" } ?? "–", channels.prefix(Self.nameLimit).joined(separator: ", "),
        "\(Set(entry.alarms.map(\.entity)).count)")
    }
    return table.text(isColored: isColored)
  }
}

extension IncidentList.SuspectEntry {
  /// As many channels as an alarm names, those that stand out most first.
  init(_ suspect: Suspect, channels: [ChannelReference]) {
    let ranked = zip(channels, suspect.excess).filter { $0.1 > 0 }
      .sorted { ($0.1, $1.0.description) > ($1.1, $0.0.description) }
    self.init(
      entity: suspect.entity, strength: suspect.strength,
      culprits: ranked.prefix(AlarmPolicy.culpritLimit).map {
        IncidentList.CulpritEntry(layer: $0.0.layer, channel: $0.0.channel.name, contribution: $0.1)
      })
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
