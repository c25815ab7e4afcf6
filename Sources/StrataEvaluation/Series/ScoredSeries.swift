/// One entity's scores, with the truth about every sample; checked once, trusted afterwards.
///
/// Higher scores are more anomalous. Labels may all be false: an entity without faults still has false alarms.
public struct ScoredSeries: Sendable, Hashable {
  /// One score per sample; never NaN.
  public let scores: [Double]
  /// True where the sample belongs to an event.
  public let labels: [Bool]
  /// The events: maximal runs of true labels, in order of time.
  public let events: [Range<Int>]

  /// - Throws: `EvaluationError` when the lengths differ, the series is empty, or a score is NaN.
  public init(scores: [some BinaryFloatingPoint], labels: [Bool]) throws(EvaluationError) {
    try EvaluationError.requireEqualCounts("scores", scores.count, "labels", labels.count)
    self.scores = doubles(scores)
    self.labels = labels
    events = eventIntervals(in: labels)
    if self.scores.isEmpty { throw .empty }
    if let index = self.scores.firstIndex(where: \.isNaN) { throw .notANumber(index: index) }
  }

  /// A series in which nothing happened, such as the clean time that thresholds are set on.
  public init(quiet scores: [some BinaryFloatingPoint]) throws(EvaluationError) {
    try self.init(scores: scores, labels: [Bool](repeating: false, count: scores.count))
  }

  /// The number of labelled samples.
  public var positiveCount: Int { events.reduce(0) { $0 + $1.count } }

  func requirePositives() throws(EvaluationError) {
    if events.isEmpty { throw .noPositives }
  }

  func requireBothClasses() throws(EvaluationError) {
    try requirePositives()
    if positiveCount == labels.count { throw .noNegatives }
  }
}

/// Returns the maximal runs of true in `labels`, in order of time.
public func eventIntervals(in labels: [Bool]) -> [Range<Int>] {
  var intervals: [Range<Int>] = []
  var start: Int?
  for (index, label) in labels.enumerated() where label != (start != nil) {
    if let begun = start { intervals.append(begun..<index) }
    start = label ? index : nil
  }
  if let begun = start { intervals.append(begun..<labels.count) }
  return intervals
}

/// Returns `values` in double precision, without a conversion where they are already.
func doubles<Scalar: BinaryFloatingPoint>(_ values: [Scalar]) -> [Double] {
  if let values = values as? [Double] { return values }
  if let values = values as? [Float] { return values.map(Double.init) }
  return values.map { Double($0) }
}

/// Joins intervals that overlap, touch, or have at most `gap` samples between them; empty ones are left out.
///
/// - Returns: In the order of their beginnings.
/// - Complexity: O(n · log n) for n intervals.
public func mergedIntervals(_ intervals: [Range<Int>], gap: Int = 0) -> [Range<Int>] {
  var merged: [Range<Int>] = []
  for interval in intervals.sorted(by: { $0.lowerBound < $1.lowerBound }) where !interval.isEmpty {
    if let last = merged.last, interval.lowerBound - last.upperBound <= gap {
      merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, interval.upperBound)
    } else {
      merged.append(interval)
    }
  }
  return merged
}
