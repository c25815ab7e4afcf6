import StrataTensor

/// Returns the largest value of `measure` over evenly spaced thresholds from the lowest to the highest score.
///
/// An oracle: the threshold is chosen by the answer, as TSB-AD does for its F1 columns. Quote such a value only beside
/// others made the same way; an operator has no oracle (see ``eventF1AtBudget(_:within:rule:)``).
///
/// - Parameters:
///   - scores: One per sample; higher is more anomalous. A sample is predicted when its score *exceeds* the threshold.
///   - thresholds: How many thresholds are tried.
///   - measure: Scores predictions, for example `{ predictions in try rangeF1(predictions: predictions, labels: y) }`.
/// - Throws: `EvaluationError` when there are no scores or one is not finite, and what `measure` throws.
public func oracleMaximum(
  over scores: [some BinaryFloatingPoint], thresholds: Int = 100,
  of measure: (_ predictions: [Bool]) throws(EvaluationError) -> Double
) throws(EvaluationError) -> Double {
  require(thresholds >= 2, "an oracle tries at least 2 thresholds, found \(thresholds)")
  let scores = doubles(scores)
  if let index = scores.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index) }
  guard let lowest = scores.min(), let highest = scores.max() else { throw .empty }
  var best = -Double.infinity
  for threshold in linearlySpaced(from: lowest, to: highest, count: thresholds) {
    best = max(best, try measure(scores.map { $0 > threshold }))
  }
  return best
}
