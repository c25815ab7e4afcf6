import StrataTensor

/// How many false alarms an operator accepts.
public struct AlarmBudget: Sendable, Hashable, Codable {
  /// False alarms per thousand entities ("nodes") and days. The field's levels are 0.1, 1 and 10; a published
  /// production system runs at 13.
  public var falseAlarmsPerThousandNodeDays: Double
  /// The sampling interval.
  public var secondsPerSample: Double

  /// - Precondition: The budget is not negative and the interval is positive.
  public init(falseAlarmsPerThousandNodeDays: Double, secondsPerSample: Double) {
    require(
      falseAlarmsPerThousandNodeDays >= 0 && secondsPerSample > 0,
      "an alarm budget is at least 0 over a positive interval, found "
        + "\(falseAlarmsPerThousandNodeDays) at \(secondsPerSample) s")
    self.falseAlarmsPerThousandNodeDays = falseAlarmsPerThousandNodeDays
    self.secondsPerSample = secondsPerSample
  }

  /// The whole false alarms that fit in the budget for `sampleCount` samples, summed over the entities.
  public func allowedFalseAlarms(sampleCount: Int) -> Int {
    let allowed = Double(sampleCount) * secondsPerSample / 86_400 * falseAlarmsPerThousandNodeDays / 1000
    return allowed < Double(sampleCount) ? Int(allowed) : sampleCount
  }
}

/// Returns the lowest threshold at which, and above which, the alarms stay within the budget.
///
/// On quiet validation time (``ScoredSeries/init(quiet:)``) it sets the threshold that an operator would run with. A
/// lower threshold can merge false alarms into fewer, and one alarm that never ends would be within any budget;
/// so the search stops at the first threshold, from above, that breaks it. Alarms are raised by scores that *exceed* the
/// result, which is −∞ when every threshold is within the budget.
///
/// - Throws: `EvaluationError.empty` when there is no series.
/// - Complexity: O(n log n + gap · alarmed samples), for n samples in all series together.
public func alarmThreshold(
  for series: [ScoredSeries], within budget: AlarmBudget, rule: AlarmRule
) throws(EvaluationError) -> Double {
  if series.isEmpty { throw .empty }
  let ranked = series.indices
    .flatMap { entity in series[entity].scores.indices.map { (entity: entity, sample: $0) } }
    .sorted { series[$0.entity].scores[$0.sample] > series[$1.entity].scores[$1.sample] }
  let allowed = budget.allowedFalseAlarms(sampleCount: ranked.count)
  var growing = series.map { GrowingAlarms(events: $0.events, sampleCount: $0.scores.count, rule: rule) }
  var falseAlarms = 0
  for (rank, place) in ranked.enumerated() {
    falseAlarms += growing[place.entity].add(place.sample)
    let score = series[place.entity].scores[place.sample]
    let isLastOfScore =
      rank + 1 == ranked.count
      || series[ranked[rank + 1].entity].scores[ranked[rank + 1].sample] != score
    if isLastOfScore, falseAlarms > allowed { return score }
  }
  return -.infinity
}

/// Returns what is found within a budget of false alarms, with the threshold set on these very series.
///
/// A point of the operating curve, like recall at a fixed false positive rate: the threshold is chosen by the false
/// alarms here, not by F1. For an operator's figure set it elsewhere: ``alarmThreshold(for:within:rule:)`` on quiet
/// validation time, then ``eventDetection(in:above:rule:)``.
///
/// - Throws: `EvaluationError` when there is no series, or none has an event.
public func eventF1AtBudget(
  _ series: [ScoredSeries], within budget: AlarmBudget, rule: AlarmRule
) throws(EvaluationError) -> EventDetection {
  let threshold = try alarmThreshold(for: series, within: budget, rule: rule)
  if series.allSatisfy(\.events.isEmpty) { throw .noPositives }
  return try eventDetection(in: series, above: threshold, rule: rule)
}

/// The alarms of one series while samples are added one by one, counting those that start outside every window.
private struct GrowingAlarms {
  private var isAlarmed: [Bool]
  private var isFalseStart: [Bool]
  private let gap: Int

  init(events: [Range<Int>], sampleCount: Int, rule: AlarmRule) {
    isAlarmed = [Bool](repeating: false, count: sampleCount)
    isFalseStart = [Bool](repeating: true, count: sampleCount)
    gap = rule.gap
    for event in events {
      for sample in rule.window(for: event).clamped(to: 0..<sampleCount) { isFalseStart[sample] = false }
    }
  }

  /// Adds a sample and returns the change in the number of false alarms.
  mutating func add(_ sample: Int) -> Int {
    let before = max(sample - gap - 1, 0)..<sample
    let after = sample + 1..<max(min(sample + gap + 2, isAlarmed.count), sample + 1)
    let joinsEarlier = isAlarmed[before].contains(true)
    let next = isAlarmed[after].firstIndex(of: true)
    isAlarmed[sample] = true
    var change = 0
    if !joinsEarlier, isFalseStart[sample] { change += 1 }
    if let next, isFalseStart[next], !isAlarmed[max(next - gap - 1, 0)..<sample].contains(true) { change -= 1 }
    return change
  }
}
