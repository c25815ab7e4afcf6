public import StrataEvaluation
import StrataTensor

/// When scores become alarms: the operator sets how many false alarms are bearable, and how close exceedances must lie
/// to be one alarm.
public struct AlarmPolicy: Hashable, Codable, Sendable {
  /// Bearable false alarms per 1000 days of one entity.
  public var budget: Double
  /// Exceedances with at most this many quiet seconds between them are one alarm.
  public var mergeGap: Double

  /// A policy with this budget and this gap.
  ///
  /// - Precondition: Both are finite; the budget is positive and the gap not negative.
  public init(budget: Double = 10, mergeGap: Double = 120) {
    require(
      budget > 0 && budget.isFinite && mergeGap >= 0 && mergeGap.isFinite,
      "AlarmPolicy: budget \(budget), merge gap \(mergeGap)")
    (self.budget, self.mergeGap) = (budget, mergeGap)
  }

  /// The gap as a rule in samples, by which detections are judged as they are raised.
  ///
  /// - Parameter interval: Seconds between samples.
  /// - Precondition: The interval is positive.
  public func rule(interval: Double) -> AlarmRule {
    require(interval > 0, "AlarmPolicy: an interval of \(interval) s")
    // The small share keeps 0.3 s at 0.1 s from becoming two samples.
    return AlarmRule(gap: Int(min((mergeGap / interval * (1 + 1e-12)).rounded(.down), 1e15)))
  }

  /// The score above which an alarm is raised, so that normal time like `calibration` raises `budget` alarms per 1000
  /// entity-days.
  ///
  /// Where the budget allows at least one alarm in calibration time, it is the lowest score at which, and above which,
  /// calibration time stays within the budget, but no lower than where its tail starts (``ScoreCalibration/tailStart``).
  /// Where calibration time is too short for one bearable alarm, exceedances of that start are merged into alarms, the
  /// highest score of each gives a peak, and an exponential tail through the peaks is followed to the budgeted rate.
  ///
  /// - Parameters:
  ///   - calibration: Scores of time without known faults, in units that all entities share.
  ///   - interval: Seconds between samples.
  /// - Throws: ``DiagnosisError`` when there are fewer than a hundred finite scores.
  /// - Complexity: O(n log n) for n scores.
  public func threshold(calibration: [ScoreSeries], interval: Double) throws(DiagnosisError) -> Float {
    let scores = calibration.flatMap(\.scores).filter(\.isFinite).sorted()
    guard scores.count >= ScoreCalibration.smallestCount else {
      throw DiagnosisError(
        "a threshold needs at least \(ScoreCalibration.smallestCount) scores of normal time, found \(scores.count)")
    }
    let start = ScoreCalibration.tailThreshold(ofSorted: scores)
    let rule = rule(interval: interval)
    let bearable = budget * Double(scores.count) * interval / (1000 * 86_400)
    if bearable >= 1 { return max(try counted(calibration, rule: rule, interval: interval), start) }
    let peaks = calibration.flatMap { series in
      exceedances(of: series, above: start, rule: rule).map { series.scores[$0].max()! }
    }
    guard !peaks.isEmpty else { return start }
    let scale = ScoreCalibration.tailScale(of: peaks.map { Double($0) - Double(start) })
    return Float(Double(start) + scale * logarithm(Double(peaks.count) / bearable))
  }

  /// The threshold of a budget that calibration time is long enough to count.
  private func counted(
    _ calibration: [ScoreSeries], rule: AlarmRule, interval: Double
  ) throws(DiagnosisError) -> Float {
    do throws(EvaluationError) {
      var quiet: [ScoredSeries] = []
      for series in calibration where !series.scores.isEmpty {
        quiet.append(try ScoredSeries(quiet: series.scores.map { $0.isNaN ? -.infinity : $0 }))
      }
      let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: budget, secondsPerSample: interval)
      return Float(try alarmThreshold(for: quiet, within: budget, rule: rule))
    } catch {
      throw DiagnosisError("\(error)")
    }
  }

  /// From the first to the last score above the threshold, for every alarm of one series in time: ranges of positions in
  /// its scores.
  func exceedances(of series: ScoreSeries, above threshold: Float, rule: AlarmRule) -> [Range<Int>] {
    StrataEvaluation.alarms(in: series.scores, above: Double(threshold), gap: rule.gap)
  }
}
