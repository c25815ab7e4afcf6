/// What an operator gets from a list of alarms: events found and missed, false alarms, delays.
///
/// An alarm is the page at its first sample. It belongs to an event when that sample lies in the event's window, and
/// to one event only: where windows overlap, to the earliest one that no alarm has found yet. Further alarms for an
/// event that has been found are free: they are neither found events nor false alarms. Every other alarm is false,
/// including one that started long before an event and never ended: nobody is paged twice by one alarm.
public struct EventDetection: Sendable, Hashable {
  /// For each event in order of time, samples from its start to the start of its first alarm; negative when the alarm
  /// came early, nil when the event was missed.
  public private(set) var delays: [Int?]
  /// Alarms outside every event's window.
  public private(set) var falseAlarms = 0
  /// Alarms for events that had been found already.
  public private(set) var duplicates = 0
  /// The length of the series, in samples of one entity.
  public private(set) var sampleCount: Int

  /// - Parameters:
  ///   - alarms: Disjoint, in order of time.
  ///   - events: Disjoint, in order of time.
  ///   - sampleCount: The length of the series.
  ///   - rule: What counts as one alarm, and when one counts for an event.
  /// - Complexity: O(alarms · overlapping windows + events).
  public init(alarms: [Range<Int>], events: [Range<Int>], sampleCount: Int, rule: AlarmRule) {
    delays = [Int?](repeating: nil, count: events.count)
    self.sampleCount = sampleCount
    let windows = events.map(rule.window)
    var first = 0
    for alarm in alarms.map(\.lowerBound) {
      while first < windows.count, windows[first].upperBound <= alarm { first += 1 }
      let open = windows[first...].prefix { $0.lowerBound <= alarm }.indices
      if let index = open.first(where: { delays[$0] == nil }) {
        delays[index] = alarm - events[index].lowerBound
      } else if open.isEmpty {
        falseAlarms += 1
      } else {
        duplicates += 1
      }
    }
  }

  public var eventCount: Int { delays.count }
  public var found: Int { delays.count { $0 != nil } }

  /// Found events per found event or false alarm; zero when there was no alarm.
  public var precision: Double { ratio(found, found + falseAlarms) }
  /// Found events per event; zero when there was none.
  public var recall: Double { ratio(found, eventCount) }
  /// The harmonic mean of both.
  public var f1: Double { harmonicMean(precision, recall) }

  /// False alarms per thousand entities and days.
  public func falseAlarmsPerThousandNodeDays(secondsPerSample: Double) -> Double {
    Double(falseAlarms) * 1000 / (Double(sampleCount) * secondsPerSample / 86_400)
  }

  /// Both together, as if they were more entities of one cluster.
  public static func + (first: EventDetection, second: EventDetection) -> EventDetection {
    var sum = first
    sum.delays += second.delays
    sum.falseAlarms += second.falseAlarms
    sum.duplicates += second.duplicates
    sum.sampleCount += second.sampleCount
    return sum
  }
}

/// Returns what the alarms above one threshold find in all entities of a cluster.
///
/// - Throws: `EvaluationError.empty` when there is no series.
public func eventDetection(
  in series: [ScoredSeries], above threshold: Double, rule: AlarmRule
) throws(EvaluationError) -> EventDetection {
  let parts = series.map { entity in
    EventDetection(
      alarms: alarms(in: entity.scores, above: threshold, gap: rule.gap), events: entity.events,
      sampleCount: entity.scores.count, rule: rule)
  }
  guard let first = parts.first else { throw .empty }
  return parts.dropFirst().reduce(first, +)
}
