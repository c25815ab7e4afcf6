/// Returns the harmonic mean of *event* recall and *point* precision; zero when nothing is predicted.
///
/// An event is found when any of its samples is predicted, but every falsely predicted sample costs precision. So it
/// does not reward long events for being easy to touch as point adjustment does.
///
/// - Parameters:
///   - trimsLastEvent: Reproduces TSB-AD 1.5, in which an event that lasts to the end of the series loses its
///     last sample, and a one-sample event there cannot be found.
///   - labels: True where a sample belongs to an event.
///   - predictions: True where a sample is called anomalous.
/// - Throws: `EvaluationError` when the lengths differ or nothing is labelled.
///
/// Reference: `metric_EventF1PA` of TSB-AD 1.5.
public func eventF1(
  predictions: [Bool], labels: [Bool], trimsLastEvent: Bool = false
) throws(EvaluationError) -> Double {
  let events = try labelledEvents(predictions: predictions, labels: labels)
  let found = events.count { event in
    let trimmed = trimsLastEvent && event.upperBound == labels.count ? event.dropLast() : event
    return predictions[trimmed].contains(true)
  }
  let precision = PointCounts(predictions: predictions, labels: labels).precision
  return harmonicMean(precision, ratio(found, events.count))
}
