public import StrataTelemetry

/// Anomaly scores of some runs, with everything that is needed to read them without the detector.
public struct ScoredTelemetry: Sendable {
  /// A run that was scored, and what keeps it apart from others.
  public struct Source: Codable, Hashable, Sendable {
    /// The name of the run.
    public let name: String
    /// When its first sample was taken, in seconds since 1970 (UTC).
    public let start: Double
    /// Seconds between samples.
    public let interval: Double

    /// The source of a run's scores.
    public init(_ run: Run) { (name, start, interval) = (run.name, run.start, run.interval) }
  }

  /// The runs that were scored.
  public let sources: [Source]
  /// What the columns of contributions are.
  public let channels: [ChannelReference]
  /// In any order; `run` is a position in `sources`.
  public let series: [ScoreSeries]
  /// A score above this one raises an alarm.
  public let threshold: Float
  /// What the threshold was chosen for.
  public let policy: AlarmPolicy

  /// Keeps scores together with what they mean.
  public init(
    sources: [Source], channels: [ChannelReference], series: [ScoreSeries], threshold: Float, policy: AlarmPolicy
  ) {
    (self.sources, self.channels, self.series) = (sources, channels, series)
    (self.threshold, self.policy) = (threshold, policy)
  }
}
