import Strata

/// What is new about an incident, on one line, for people and for programs.
struct IncidentLine: Encodable {
  let event: IncidentEvent.Kind
  let incident: IncidentEntry

  /// - Parameter metadata: The run that is followed.
  init(_ event: IncidentEvent, of metadata: RunMetadata) {
    self.event = event.kind
    incident = IncidentEntry(
      event.incident, run: metadata.name, start: metadata.start, interval: metadata.interval)
  }

  /// How many reasons are named.
  private static let reasonLimit = 2

  var text: String {
    let (name, reasons) = incident.suspect
    let what =
      switch event {
      case .start: "alarm"
      case .update: "goes on for \(NumberText.duration(seconds: incident.seconds))"
      case .end: "ended after \(NumberText.duration(seconds: incident.seconds))"
      }
    return "\(incident.start)  \(what), p \(incident.shortPValue), \(name): "
      + reasons.prefix(Self.reasonLimit).joined(separator: ", ") + "\n"
  }
}
