public import StrataTelemetry

/// Alarms of one run that belong together: they overlap, or follow each other within the gap of the policy.
public struct Incident: Hashable, Codable, Sendable {
  /// From the first to the last alarmed sample of any entity, in samples of the run.
  public let samples: Range<Int>
  /// One per entity that was alarmed, the highest peak first.
  public let alarms: [Alarm]
  /// Who and what deviated, and since when.
  public let evidence: Evidence

  /// Keeps the parts together.
  public init(samples: Range<Int>, alarms: [Alarm], evidence: Evidence) {
    (self.samples, self.alarms, self.evidence) = (samples, alarms, evidence)
  }
}
