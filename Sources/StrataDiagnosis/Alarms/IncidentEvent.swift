/// What is new about an incident.
public struct IncidentEvent: Hashable, Codable, Sendable {
  /// What happened.
  public enum Kind: String, Codable, Sendable {
    /// The first alarm of the incident was raised.
    case start
    /// The incident has become at least 8, 16, 32 … samples long, so that its evidence is better founded.
    case update
    /// No alarm followed within the gap of the policy, or the telemetry ended.
    case end
  }

  public let kind: Kind
  /// The incident as it is known then; at its end it is complete.
  public let incident: Incident

  /// Keeps the parts together.
  public init(_ kind: Kind, _ incident: Incident) { (self.kind, self.incident) = (kind, incident) }
}
