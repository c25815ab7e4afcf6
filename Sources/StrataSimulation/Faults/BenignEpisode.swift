public import StrataTelemetry

/// A disturbance that needs no repair. The raw value is its name in scenarios; labels put `benign:` before it.
public enum BenignKind: String, CaseIterable, Codable, Sendable {
  /// Sequences vary more in length, so that a different device is slowest in every step.
  case sequenceLength = "sequence-length"
  /// The storage of one host answers late, so that its devices start their steps late.
  case dataLoading = "data-loading"
}

/// A benign disturbance at a definite place and time.
public struct BenignEpisode: Codable, Hashable, Sendable {
  /// What kind of disturbance it is.
  public let kind: BenignKind
  /// The host, or the cluster for what concerns the whole job.
  public let entity: EntityPath
  /// When it begins, in seconds from the start of the run.
  public let onset: Double
  /// How long it lasts, in seconds.
  public let duration: Double
  /// How strong it is, above zero and at most one.
  public let severity: Double

  package let host: Int?

  package init(
    kind: BenignKind, entity: EntityPath, host: Int?, onset: Double, duration: Double, severity: Double
  ) {
    (self.kind, self.entity, self.host) = (kind, entity, host)
    (self.onset, self.duration, self.severity) = (onset, duration, severity)
  }

  /// The end of the episode, in seconds from the start of the run.
  public var end: Double { onset + duration }
}
