public import StrataEvaluation

/// How well scores tell the time with a fault from the time without, and alarms the one stretch from the other.
public struct RankingJudgement: Sendable {
  /// VUS-PR and VUS-ROC.
  public let volume: VolumeUnderSurface
  public let averagePrecision: Double
  public let areaUnderROC: Double
  /// Alarms judged as stretches of time.
  public let affiliation: Affiliation

  /// - Parameters:
  ///   - scores: One per sample.
  ///   - labels: Whether a fault lasts at each sample; some are true and some are false.
  ///   - threshold: Scores above it are alarms.
  ///   - window: The longest window of the volumes, in samples.
  init(scores: [Float], labels: [Bool], threshold: Float, window: Int) throws(EvaluationError) {
    volume = try VolumeUnderSurface(scores: scores, labels: labels, window: window)
    averagePrecision = try StrataEvaluation.averagePrecision(scores: scores, labels: labels)
    areaUnderROC = try StrataEvaluation.areaUnderROC(scores: scores, labels: labels)
    affiliation = try Affiliation(predictions: scores.map { $0 > threshold }, labels: labels)
  }
}
