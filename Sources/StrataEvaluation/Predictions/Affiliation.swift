/// How near predictions lie to the events they belong to, as probabilities and as distances in samples.
///
/// The series is cut half-way between events into one *zone* per event. Precision asks how likely a uniformly random
/// point of the zone would lie farther from the event than a predicted one; recall asks the same with the roles
/// exchanged. Random predictions therefore reach about 0.5 in precision and more in recall (F1 about 0.69): quote it
/// only beside the random row. A sample `i` is the interval `[i, i + 1)`.
///
/// Reference: Huet, Navarro and Rossi, "Local Evaluation of Time Series Anomaly Detection Algorithms", KDD 2022.
public struct Affiliation: Sendable, Hashable {
  /// One event's part in the result.
  public struct Event: Sendable, Hashable {
    /// Nil when nothing is predicted in the event's zone.
    public let precision: Double?
    /// Zero when nothing is predicted in the event's zone.
    public let recall: Double
    /// The mean distance from a predicted point to the event; nil when nothing is predicted in its zone.
    public let precisionDistance: Double?
    /// The mean distance from a point of the event to the predictions; infinite when there are none in its zone.
    public let recallDistance: Double
  }

  /// One element per event, in order of time.
  public let events: [Event]

  /// The mean over the zones in which something is predicted; nil when nothing is predicted anywhere.
  public var precision: Double? {
    let defined = events.compactMap(\.precision)
    return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
  }

  /// The mean over all events.
  public var recall: Double { events.reduce(0) { $0 + $1.recall } / Double(events.count) }

  /// The harmonic mean of both; zero when nothing is predicted.
  public var f1: Double { precision.map { harmonicMean($0, recall) } ?? 0 }

  /// - Throws: `EvaluationError` when the lengths differ or nothing is labelled.
  /// - Complexity: O(n).
  public init(predictions: [Bool], labels: [Bool]) throws(EvaluationError) {
    let truths = try labelledEvents(predictions: predictions, labels: labels).map(Interval.init)
    let predicted = eventIntervals(in: predictions).map(Interval.init)
    var first = 0
    events = truths.indices.map { index in
      let zone = Interval(
        start: index == 0 ? 0 : (truths[index - 1].end + truths[index].start) / 2,
        end: index + 1 == truths.count ? Double(labels.count) : (truths[index].end + truths[index + 1].start) / 2)
      while first < predicted.count, predicted[first].end <= zone.start { first += 1 }
      let inZone = predicted[first...].prefix { $0.start < zone.end }.map { $0.clamped(to: zone) }
      return Event(truth: truths[index], predicted: inZone, zone: zone)
    }
  }
}

extension Affiliation.Event {
  fileprivate init(truth: Interval, predicted: [Interval], zone: Interval) {
    guard !predicted.isEmpty else {
      self.init(precision: nil, recall: 0, precisionDistance: nil, recallDistance: .infinity)
      return
    }
    let nearness = predicted.reduce(.zero) { $0 + truth.nearness(of: $1, in: zone) }
    let length = predicted.reduce(0) { $0 + $1.length }
    var coverage = Nearness.zero
    for (index, interval) in predicted.enumerated() {
      let start = index == 0 ? zone.start : (predicted[index - 1].end + interval.start) / 2
      let end = index + 1 == predicted.count ? zone.end : (interval.end + predicted[index + 1].start) / 2
      let nearest = truth.clamped(to: Interval(start: start, end: end))
      if nearest.length > 0 { coverage += interval.coverage(of: nearest, in: zone) }
    }
    self.init(
      precision: nearness.probability / length, recall: coverage.probability / truth.length,
      precisionDistance: nearness.distance / length, recallDistance: coverage.distance / truth.length)
  }
}
