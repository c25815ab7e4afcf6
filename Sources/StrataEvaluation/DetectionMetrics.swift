/// The nine measures of TSB-AD's leaderboard for one series, equal to its `get_metrics`.
///
/// The first four need no threshold. The others choose theirs by the labels (see ``oracleMaximum(over:thresholds:of:)``).
///
/// - Complexity: O(n log n) for the curves and O(100 n) for the oracles.
///
/// Reference: Liu and Paparrizos, "The Elephant in the Room: Towards A Reliable Time-Series Anomaly Detection
/// Benchmark", NeurIPS 2024; TSB-AD 1.5.
public struct DetectionMetrics: Sendable, Hashable, Codable {
  public let averagePrecision: Double
  public let areaUnderROC: Double
  public let vusPR: Double
  public let vusROC: Double
  public let standardF1: Double
  /// Not evidence: see ``misleadingPointAdjustedF1(predictions:labels:)``.
  public let misleadingPointAdjustedF1: Double
  /// With TSB-AD's trimmed last event: see ``eventF1(predictions:labels:trimsLastEvent:)``.
  public let eventF1: Double
  public let rangeF1: Double
  public let affiliationF1: Double

  /// - Parameters:
  ///   - window: The longest window of the volumes; by convention ``periodLength(of:)`` of the first channel.
  ///   - thresholds: How many score quantiles make the curves of the volumes.
  ///   - labels: True where a sample belongs to an event.
  ///   - scores: One score per sample; higher is more anomalous.
  /// - Throws: `EvaluationError` when lengths differ, a score is not finite, or only one class is present.
  public init(
    scores: [some BinaryFloatingPoint], labels: [Bool], window: Int, thresholds: Int = 250
  ) throws(EvaluationError) {
    let series = try ScoredSeries(scores: scores, labels: labels)
    let volume = try VolumeUnderSurface(series, window: window, thresholds: thresholds)
    let curve = RankingCurve(series)
    averagePrecision = curve.averagePrecision
    areaUnderROC = curve.areaUnderROC
    vusPR = volume.pr
    vusROC = volume.roc
    standardF1 = curve.standardF1
    misleadingPointAdjustedF1 = try oracleMaximum(over: series.scores) { predictions throws(EvaluationError) in
      try StrataEvaluation.misleadingPointAdjustedF1(predictions: predictions, labels: labels)
    }
    eventF1 = try oracleMaximum(over: series.scores) { predictions throws(EvaluationError) in
      try StrataEvaluation.eventF1(predictions: predictions, labels: labels, trimsLastEvent: true)
    }
    rangeF1 = try oracleMaximum(over: series.scores) { predictions throws(EvaluationError) in
      try StrataEvaluation.rangeF1(predictions: predictions, labels: labels)
    }
    affiliationF1 = try oracleMaximum(over: series.scores) { predictions throws(EvaluationError) in
      try Affiliation(predictions: predictions, labels: labels).f1
    }
  }
}
