import StrataTensor

/// The volume under the surface of range-aware ROC and precision-recall curves, over buffers of every length.
///
/// Events are labelled by hand and detectors answer early or late; so each window length `k` in `0...window` extends
/// every event by ⌊k/2⌋ samples on both sides, with a weight that falls as √(1 − distance/k), and rewards a curve for
/// every event it touches. The volumes are the means over the window lengths: no threshold and no lag is chosen.
///
/// The buffers are the only samples whose weight depends on the window, so each window costs the buffers and the
/// thresholds alone.
///
/// - Complexity: O(n log n + window · (events · window + thresholds)).
///
/// Reference: Paparrizos et al., "Volume Under the Surface", VLDB 2022; the `opt` version of TSB-AD 1.5.
public struct VolumeUnderSurface: Sendable, Hashable {
  /// The mean of `rocPerWindow`: VUS-ROC.
  public let roc: Double
  /// The mean of `precisionRecallPerWindow`: VUS-PR.
  public let pr: Double
  /// The range-aware area under the ROC of each window length, from 0 to `window`.
  public let rocPerWindow: [Double]
  /// The range-aware area under the precision-recall curve of each window length, from 0 to `window`.
  public let precisionRecallPerWindow: [Double]

  /// - Parameters:
  ///   - scores: One per sample; higher is more anomalous.
  ///   - labels: True inside events.
  ///   - window: The longest window in samples; ``periodLength(of:)`` of the first channel is the field's convention.
  ///   - thresholds: How many score quantiles make the curve.
  /// - Throws: `EvaluationError` when lengths differ, a score is NaN, or only one class is present.
  /// - Precondition: `window` is not negative and there are at least two thresholds.
  public init(
    scores: [some BinaryFloatingPoint], labels: [Bool], window: Int, thresholds: Int = 250
  ) throws(EvaluationError) {
    try self.init(ScoredSeries(scores: scores, labels: labels), window: window, thresholds: thresholds)
  }

  init(_ series: ScoredSeries, window: Int, thresholds: Int = 250) throws(EvaluationError) {
    require(window >= 0, "the window of a volume under the surface is at least 0, found \(window)")
    require(thresholds >= 2, "a volume under the surface has at least 2 thresholds, found \(thresholds)")
    try series.requireBothClasses()
    var curves = RangeCurves(series, thresholds: thresholds)
    var (roc, precisionRecall): ([Double], [Double]) = ([], [])
    for window in 0...window {
      let areas = curves.areas(window: window)
      roc.append(areas.roc)
      precisionRecall.append(areas.precisionRecall)
    }
    rocPerWindow = roc
    precisionRecallPerWindow = precisionRecall
    self.roc = roc.reduce(0, +) / Double(roc.count)
    pr = precisionRecall.reduce(0, +) / Double(precisionRecall.count)
  }
}
