/// Returns the probability that a labelled sample scores above an unlabelled one; a tie counts one half.
///
/// 0.5 for random scores, whatever the share of labels. It flatters detectors of rare events: prefer
/// ``averagePrecision(scores:labels:)`` or ``VolumeUnderSurface`` beside it. The samples may be cells of a flattened
/// mask: the same function scores attributions.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or only one class is present.
/// - Complexity: O(n log n).
///
/// Reference: scikit-learn `roc_auc_score`.
public func areaUnderROC(scores: [some BinaryFloatingPoint], labels: [Bool]) throws(EvaluationError) -> Double {
  let series = try ScoredSeries(scores: scores, labels: labels)
  try series.requireBothClasses()
  return RankingCurve(series).areaUnderROC
}

/// Returns the area under the precision-recall curve as the step integral Σ (Rₖ − Rₖ₋₁) Pₖ over distinct scores.
///
/// Near the share of labelled samples for random scores. The samples may be cells of a flattened mask.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or nothing is labelled.
/// - Complexity: O(n log n).
///
/// Reference: scikit-learn `average_precision_score`.
public func averagePrecision(scores: [some BinaryFloatingPoint], labels: [Bool]) throws(EvaluationError) -> Double {
  let series = try ScoredSeries(scores: scores, labels: labels)
  try series.requirePositives()
  return RankingCurve(series).averagePrecision
}

/// Returns the best point-wise F1 over all thresholds: an oracle, since it chooses the threshold by the labels.
///
/// Computed as TSB-AD does, 2PR / (P + R + 1e-5), so a perfect score gives 0.999995.
///
/// - Throws: `EvaluationError` when lengths differ, a score is NaN, or nothing is labelled.
/// - Complexity: O(n log n).
public func standardF1(scores: [some BinaryFloatingPoint], labels: [Bool]) throws(EvaluationError) -> Double {
  let series = try ScoredSeries(scores: scores, labels: labels)
  try series.requirePositives()
  return RankingCurve(series).standardF1
}
