/// Range-based recall and the two rewards it is made of.
public struct RangeRecall: Sendable, Hashable {
  /// `existenceWeight · existence + (1 − existenceWeight) · overlap`.
  public let recall: Double
  /// The share of ranges that are touched at all.
  public let existence: Double
  /// The mean covered fraction of a range, divided by the number of ranges that cover it.
  public let overlap: Double
}

/// Returns how much of the true ranges in `labels` the ranges in `predictions` recall, with flat positional bias.
///
/// A range that is covered by several predicted ranges counts its covered fraction divided by their number. Zero when
/// there is no true range. With the arguments exchanged and an existence weight of zero it is range-based precision.
///
/// - Throws: `EvaluationError` when the lengths differ.
///
/// Reference: Tatbul et al., "Precision and Recall for Time Series", NeurIPS 2018.
public func rangeRecall(
  of labels: [Bool], by predictions: [Bool], existenceWeight: Double
) throws(EvaluationError) -> RangeRecall {
  try EvaluationError.requireEqualCounts("predictions", predictions.count, "labels", labels.count)
  let trueRanges = eventIntervals(in: labels)
  let predictedRanges = eventIntervals(in: predictions)
  var (existence, overlap) = (0.0, 0.0)
  var first = 0
  for range in trueRanges {
    while first < predictedRanges.count, predictedRanges[first].upperBound <= range.lowerBound { first += 1 }
    let touching = predictedRanges[first...].prefix { $0.lowerBound < range.upperBound }
    if touching.isEmpty { continue }
    let covered = touching.reduce(0) { $0 + $1.clamped(to: range).count }
    existence += 1
    overlap += ratio(covered, range.count) / Double(touching.count)
  }
  let count = Double(max(trueRanges.count, 1))
  let recall = (existenceWeight * existence + (1 - existenceWeight) * overlap) / count
  return RangeRecall(recall: recall, existence: existence / count, overlap: overlap / count)
}

/// Returns the F1 of range-based recall (existence weight 0.2) and precision; zero when nothing is predicted.
///
/// It answers whether the *shape* of the predicted ranges is right; fragments of one event are punished.
///
/// - Throws: `EvaluationError` when the lengths differ or nothing is labelled.
///
/// Reference: `metric_RF1` of TSB-AD 1.5.
public func rangeF1(predictions: [Bool], labels: [Bool]) throws(EvaluationError) -> Double {
  _ = try labelledEvents(predictions: predictions, labels: labels)
  let recall = try rangeRecall(of: labels, by: predictions, existenceWeight: 0.2).recall
  let precision = try rangeRecall(of: predictions, by: labels, existenceWeight: 0).recall
  return harmonicMean(precision, recall)
}
