/// How many samples are predicted and labelled.
struct PointCounts {
  var truePositives = 0
  var falsePositives = 0
  var falseNegatives = 0

  init(predictions: [Bool], labels: [Bool]) {
    for (prediction, label) in zip(predictions, labels) {
      switch (prediction, label) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, true): falseNegatives += 1
      case (false, false): break
      }
    }
  }

  var precision: Double { ratio(truePositives, truePositives + falsePositives) }
  var f1: Double { ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }
}

/// Returns the F1 of point-wise predictions; zero when nothing is predicted.
///
/// It answers how many *samples* are right: a long event outweighs many short ones.
///
/// - Throws: `EvaluationError` when the lengths differ or nothing is labelled.
public func pointF1(predictions: [Bool], labels: [Bool]) throws(EvaluationError) -> Double {
  _ = try labelledEvents(predictions: predictions, labels: labels)
  return PointCounts(predictions: predictions, labels: labels).f1
}

/// Returns the point-wise F1 after every event that is touched once has been counted as found in full.
///
/// **Not evidence.** The longer an event, the likelier a random detector touches it: uniform random scores reach 0.6 to
/// 0.97 on common data sets. It is here to reproduce published tables; print it only beside the row of random scores.
/// As in TSB-AD, the adjustment never fills the first sample of the series.
///
/// - Throws: `EvaluationError` when the lengths differ or nothing is labelled.
///
/// Reference: Xu et al., WWW 2018; against it, Kim et al., "Towards a Rigorous Evaluation of Time-Series Anomaly
/// Detection", AAAI 2022.
public func misleadingPointAdjustedF1(predictions: [Bool], labels: [Bool]) throws(EvaluationError) -> Double {
  var adjusted = predictions
  for event in try labelledEvents(predictions: predictions, labels: labels) where predictions[event].contains(true) {
    for index in event where index > 0 { adjusted[index] = true }
  }
  return PointCounts(predictions: adjusted, labels: labels).f1
}

/// Returns the labelled events, after checking that they can be compared with predictions.
func labelledEvents(predictions: [Bool], labels: [Bool]) throws(EvaluationError) -> [Range<Int>] {
  try EvaluationError.requireEqualCounts("predictions", predictions.count, "labels", labels.count)
  let events = eventIntervals(in: labels)
  if events.isEmpty { throw .noPositives }
  return events
}

/// Returns the quotient of two counts; zero over nothing is zero.
func ratio(_ count: Int, _ total: Int) -> Double { total == 0 ? 0 : Double(count) / Double(total) }

/// Returns the harmonic mean of precision and recall; zero when both are.
func harmonicMean(_ precision: Double, _ recall: Double) -> Double {
  precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
}
