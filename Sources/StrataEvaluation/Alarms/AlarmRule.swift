import StrataTensor

/// What counts as one alarm, and when an alarm counts for an event. All lengths are in samples.
public struct AlarmRule: Sendable, Hashable, Codable {
  /// Alarms separated by at most this many quiet samples are one alarm.
  public var gap: Int
  /// How long before its event an alarm may start.
  public var lead: Int
  /// How long after the start of its event an alarm may start; nil allows it until the event ends.
  public var patience: Int?

  /// - Precondition: No length is negative.
  public init(gap: Int = 0, lead: Int = 0, patience: Int? = nil) {
    require(
      gap >= 0 && lead >= 0 && patience ?? 0 >= 0,
      "the lengths of an alarm rule are at least 0, found gap \(gap), lead \(lead), patience \(patience ?? 0)")
    (self.gap, self.lead, self.patience) = (gap, lead, patience)
  }

  /// The samples at which an alarm may start to count for `event`.
  public func window(for event: Range<Int>) -> Range<Int> {
    event.lowerBound - lead..<(patience.map { event.lowerBound + $0 + 1 } ?? event.upperBound)
  }
}

/// Returns the alarms that a threshold raises: runs of scores above it, merged over gaps of at most `gap` samples.
///
/// A NaN score raises no alarm.
public func alarms(in scores: [some BinaryFloatingPoint], above threshold: Double, gap: Int = 0) -> [Range<Int>] {
  mergedIntervals(eventIntervals(in: doubles(scores).map { $0 > threshold }), gap: gap)
}
