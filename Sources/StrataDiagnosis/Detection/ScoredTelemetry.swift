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
  /// In any order; `run` is a position in `sources`.
  public let series: [ScoreSeries]
  /// What alarms were raised for.
  public let policy: AlarmPolicy

  /// Keeps scores together with what they mean.
  public init(sources: [Source], series: [ScoreSeries], policy: AlarmPolicy) {
    (self.sources, self.series, self.policy) = (sources, series, policy)
  }

  /// The scores without the runs' own training time: nothing is judged by the time it was fitted to.
  ///
  /// - Parameter runs: In the order of the sources.
  public func afterTraining(of runs: [Run]) -> ScoredTelemetry {
    ScoredTelemetry(
      sources: sources,
      series: series.map { series in
        let end = runs[series.run].split?.trainingEnd ?? 0
        return series.selecting(
          samples: min(max(end, series.samples.lowerBound), series.samples.upperBound)..<series.samples.upperBound)
      }, policy: policy)
  }
}
