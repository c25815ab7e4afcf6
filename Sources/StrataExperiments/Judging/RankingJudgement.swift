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
  ///   - alarms: When there were alarms, in positions among the scores.
  ///   - window: The longest window of the volumes, in samples.
  init(scores: [Float], labels: [Bool], alarms: [Range<Int>], window: Int) throws(EvaluationError) {
    volume = try VolumeUnderSurface(scores: scores, labels: labels, window: window)
    averagePrecision = try StrataEvaluation.averagePrecision(scores: scores, labels: labels)
    areaUnderROC = try StrataEvaluation.areaUnderROC(scores: scores, labels: labels)
    var predictions = [Bool](repeating: false, count: scores.count)
    for alarm in alarms { for position in alarm { predictions[position] = true } }
    affiliation = try Affiliation(predictions: predictions, labels: labels)
  }
}
