public import StrataEvaluation
import StrataTensor

/// When scores become alarms: the operator sets how many false alarms are bearable, and how close exceedances must lie
/// to be one alarm.
public struct AlarmPolicy: Hashable, Codable, Sendable {
  /// Bearable false alarms per 1000 days of one node: a host with its devices.
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

  /// The budget as false alarms per sample of one node.
  ///
  /// - Parameter interval: Seconds between samples.
  public func rate(interval: Double) -> Double { budget / 1000 * interval / 86_400 }
}
