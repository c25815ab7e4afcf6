import Strata

/// An incident as results show it.
struct IncidentEntry: Encodable {
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

  init(_ incident: Incident, of source: ScoredTelemetry.Source) {
    self.init(incident, run: source.name, start: source.start, interval: source.interval)
  }

  init(_ incident: Incident, run: String, start: Double, interval: Double) {
    func time(_ sample: Int) -> String { TimeText.utc(start + Double(sample) * interval) }
    self.run = run
    (self.start, end) = (time(incident.samples.lowerBound), time(incident.samples.upperBound))
    seconds = Double(incident.samples.count) * interval
    (firstSample, endSample) = (incident.samples.lowerBound, incident.samples.upperBound)
    pValue = incident.alarms.first?.pValue ?? 1
    (alarms, evidence) = (incident.alarms, incident.evidence)
  }

  /// Whoever differs most from its peers, or all of a role where that moved more than any one of it, and by what: channels,
  /// or that it stopped reporting.
  var suspect: (name: String, reasons: [String]) {
    let (entity, role) = (evidence.entities.first, evidence.roles.first)
    func names(_ channels: [Evidence.Channel]) -> [String] { channels.map { "\($0.layer)/\($0.name)" } }
    if let role, role.strength > entity?.strength ?? 0 { return ("every \(role.role)", names(role.channels)) }
    guard let entity else { return ("–", []) }
    let isSilent = alarms.first { $0.entity == entity.entity }?.isSilence ?? false
    return ("\(entity.entity)", isSilent ? ["stopped reporting"] : names(entity.channels))
  }

  /// The end: its time of day when the day is that of the start, else day and time without year and seconds.
  var shortEnd: String {
    start.prefix(Self.dayLength) == end.prefix(Self.dayLength)
      ? String(end.dropFirst(Self.dayLength + 1)) : String(end.dropFirst(5).prefix(11))
  }

  /// The characters of `2026-01-05`.
  private static let dayLength = 10

  /// Smaller ones are extrapolated so far beyond clean time that their size says nothing.
  private static let smallestPValue = 1e-12

  var shortPValue: String { pValue < Self.smallestPValue ? "<1e-12" : NumberText.probability(pValue) }

  /// The end of a name that is too long, from a component on where that fits.
  static func shortened(_ name: String, to length: Int) -> String {
    guard name.count > length else { return name }
    let tail = name.suffix(length - 3)
    return "..." + (tail.firstIndex(of: "/").map { tail[$0...] } ?? tail)
  }
}
