import StrataTensor

/// Precision, recall and F1 of predictions, averaged over soft labels with buffers of every length up to a window.
///
/// The counterpart of ``VolumeUnderSurface`` for predictions instead of scores; it has no existence reward.
///
/// - Complexity: O(window · (n + events · window)).
///
/// Reference: `metric_VUS_pred` of TSB-AD 1.5.
public struct VolumetricF1: Sendable, Hashable {
  /// The mean over all window lengths; zero when nothing is predicted.
  public private(set) var precision = 0.0
  /// The mean over all window lengths.
  public private(set) var recall = 0.0
  /// The mean of the F1 of each window length.
  public private(set) var f1 = 0.0

  /// - Parameters:
  ///   - carriesLabels: Reproduces TSB-AD 1.5, which extends the labels it has already extended for the
  ///     shorter windows, so that the buffers fill up. Not for claims.
  ///   - labels: True where a sample belongs to an event.
  ///   - predictions: True where a sample is called anomalous.
  ///   - window: The longest window.
  /// - Throws: `EvaluationError` when lengths differ or nothing is labelled.
  /// - Precondition: `window` is not negative.
  public init(
    predictions: [Bool], labels: [Bool], window: Int, carriesLabels: Bool = false
  ) throws(EvaluationError) {
    require(window >= 0, "the window of a volumetric F1 is at least 0, found \(window)")
    let events = try labelledEvents(predictions: predictions, labels: labels)
    let hard = labels.map { $0 ? 1.0 : 0 }
    let predicted = Double(predictions.count { $0 })
    let positives = hard.reduce(0, +)
    var soft = hard
    for window in 0...window {
      soft = extended(carriesLabels ? soft : hard, around: events, window: window)
      for index in soft.indices where !labels[index] && !predictions[index] { soft[index] = 0 }
      let hit = zip(soft, predictions).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
      let windowRecall = min(hit / ((positives + soft.reduce(0, +)) / 2), 1)
      let windowPrecision = predicted > 0 ? hit / predicted : 0
      precision += windowPrecision
      recall += windowRecall
      f1 += harmonicMean(windowPrecision, windowRecall)
    }
    let count = Double(window + 1)
    (precision, recall, f1) = (precision / count, recall / count, f1 / count)
  }
}

/// Returns `labels` with the weight √(1 − distance/window) added around every event, at most one in sum.
private func extended(_ labels: [Double], around events: [Range<Int>], window: Int) -> [Double] {
  var labels = labels
  for event in events where window > 1 {
    for distance in 1...window / 2 {
      let weight = (1 - Double(distance) / Double(window)).squareRoot()
      let (before, after) = (event.lowerBound - distance, event.upperBound - 1 + distance)
      if before >= 0 { labels[before] += weight }
      if after < labels.count { labels[after] += weight }
    }
  }
  return labels.map { min($0, 1) }
}
