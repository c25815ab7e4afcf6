import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// When scores become alarms: the operator sets how many false alarms are bearable, and how close exceedances must lie
/// to be one alarm.
public struct AlarmPolicy: Hashable, Codable, Sendable {
  /// Bearable false alarms per 1000 days of one entity.
  public var budget: Double
  /// Exceedances at most this many seconds apart are one alarm.
  public var mergeGap: Double

  /// - Precondition: Both are finite; the budget is positive and the gap not negative.
  public init(budget: Double = 10, mergeGap: Double = 120) {
    require(
      budget > 0 && budget.isFinite && mergeGap >= 0 && mergeGap.isFinite,
      "AlarmPolicy: budget \(budget), merge gap \(mergeGap)")
    (self.budget, self.mergeGap) = (budget, mergeGap)
  }

  /// The score from which an alarm is raised, so that normal time like `calibration` raises `budget` alarms per 1000
  /// entity-days.
  ///
  /// Exceedances of a high quantile are merged into alarms, and the highest score of each gives one peak. If even all
  /// peaks stay within the budget, that quantile is the threshold. Otherwise the threshold is the peak that the budget
  /// reaches down to, or, where calibration time is too short to contain one bearable alarm, an exponential tail through
  /// the peaks is followed to the budgeted rate.
  ///
  /// - Parameters:
  ///   - calibration: Scores of time without known faults.
  ///   - interval: Seconds between samples.
  /// - Throws: ``DiagnosisError`` when there are fewer than a hundred finite scores.
  public func threshold(calibration: [ScoreSeries], interval: Double) throws(DiagnosisError) -> Float {
    let scores = calibration.flatMap(\.scores).filter(\.isFinite).sorted()
    guard scores.count >= 100 else {
      throw DiagnosisError("a threshold needs at least 100 scores of normal time, found \(scores.count)")
    }
    let start = scores[Int(Double(scores.count - 1) * ScoreCalibration.tailStart)]
    let peaks = calibration.flatMap { series in
      exceedances(of: series, above: start, interval: interval).map { series.scores[$0].max()! }
    }.sorted(by: >)
    let bearable = budget * Double(scores.count) * interval / (1000 * 86_400)
    guard Double(peaks.count) > bearable else { return start }
    if bearable >= 1 { return peaks[Int(bearable)] }
    let scale = peaks.reduce(0.0) { $0 + Double($1 - start) } / Double(peaks.count)
    return start + Float(max(scale, 1e-6) * logarithm(Double(peaks.count) / bearable))
  }

  /// From the first to the last score above the threshold, for every alarm of one series in time: ranges of positions in
  /// its scores.
  func exceedances(of series: ScoreSeries, above threshold: Float, interval: Double) -> [Range<Int>] {
    StrataEvaluation.alarms(in: series.scores, above: Double(threshold), gap: Int(mergeGap / interval))
  }
}
