import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct AlarmTests {
  @Test func runsMergeOverGaps() {
    let scores = [0, 1, 1, 0, 1, 0, 0, 1, Double.nan, 1]
    #expect(alarms(in: scores, above: 0.5) == [1..<3, 4..<5, 7..<8, 9..<10])
    #expect(alarms(in: scores, above: 0.5, gap: 1) == [1..<5, 7..<10])
    #expect(alarms(in: scores, above: 0.5, gap: 2) == [1..<10])
    #expect(alarms(in: scores, above: 1).isEmpty)
  }

  @Test func intervalsMergeWhereTheyOverlapOrTouch() {
    #expect(mergedIntervals([11..<12, 0..<9, 2..<3, 10..<10, 9..<10]) == [0..<10, 11..<12])
    #expect(mergedIntervals([0..<9, 2..<3, 11..<12], gap: 2) == [0..<12])
    #expect(mergedIntervals([]).isEmpty)
  }

  @Test func aWindowEndsWithTheEventOrWithPatience() {
    #expect(AlarmRule().window(for: 10..<20) == 10..<20)
    #expect(AlarmRule(lead: 3).window(for: 10..<20) == 7..<20)
    #expect(AlarmRule(patience: 4).window(for: 10..<20) == 10..<15)
    #expect(AlarmRule(patience: 30).window(for: 10..<20) == 10..<41)
  }

  @Test func countsFoundFalseAndDuplicateAlarms() {
    let detection = EventDetection(
      alarms: [0..<1, 8..<9, 12..<13, 15..<18, 40..<60], events: [10..<20, 30..<35, 50..<55], sampleCount: 100,
      rule: AlarmRule(lead: 2))
    #expect(detection.delays == [-2, nil, nil])
    #expect(detection.falseAlarms == 2, "the first, and the one that started before the last event's window")
    #expect(detection.duplicates == 2)
    expectClose(detection.precision, 1 / 3)
    expectClose(detection.recall, 1 / 3)
    expectClose(detection.f1, 1 / 3)
    expectClose(detection.falseAlarmsPerThousandNodeDays(secondsPerSample: 86_400), 20)
  }

  @Test func anAlarmBelongsToOneEvent() {
    let rule = AlarmRule(lead: 10)
    let events = [20..<22, 25..<28]
    let one = EventDetection(alarms: [18..<19], events: events, sampleCount: 40, rule: rule)
    #expect(one.delays == [-2, nil])
    let two = EventDetection(alarms: [18..<19, 21..<23], events: events, sampleCount: 40, rule: rule)
    #expect(two.delays == [-2, -4])
    #expect(two.duplicates == 0)
  }

  /// Every way of giving each event its own alarm, for the largest number of events found.
  private func mostFound(_ alarms: ArraySlice<Int>, _ windows: [Range<Int>], _ free: Set<Int>) -> Int {
    guard let alarm = alarms.first else { return 0 }
    let rest = alarms.dropFirst()
    let unused = mostFound(rest, windows, free)
    return free.filter { windows[$0].contains(alarm) }
      .reduce(unused) { max($0, 1 + mostFound(rest, windows, free.subtracting([$1]))) }
  }

  @Test func findsAsManyEventsAsAnyAssignment() {
    var generator = Generator(seed: 21)
    for _ in 0..<300 {
      let labels = (0..<24).map { _ in generator.bernoulli(0.3) }
      let scores = (0..<24).map { _ in generator.uniform() }
      let rule = AlarmRule(
        gap: generator.index(below: 2), lead: generator.index(below: 5),
        patience: generator.bernoulli(0.5) ? generator.index(below: 5) : nil)
      let events = eventIntervals(in: labels)
      let raised = alarms(in: scores, above: 0.7, gap: rule.gap)
      let detection = EventDetection(alarms: raised, events: events, sampleCount: 24, rule: rule)
      let windows = events.map(rule.window)
      let best = mostFound(raised.map(\.lowerBound)[...], windows, Set(events.indices))
      #expect(detection.found == best)
      #expect(detection.found + detection.duplicates + detection.falseAlarms == raised.count)
      let outside = raised.filter { alarm in !windows.contains { $0.contains(alarm.lowerBound) } }
      #expect(detection.falseAlarms == outside.count)
    }
  }

  @Test func aBudgetIsCountedInWholeFalseAlarms() {
    let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: 10, secondsPerSample: 60)
    #expect(budget.allowedFalseAlarms(sampleCount: 1440 * 99) == 0)
    #expect(budget.allowedFalseAlarms(sampleCount: 1440 * 100) == 1)
    #expect(budget.allowedFalseAlarms(sampleCount: 1440 * 1000) == 10)
    let boundless = AlarmBudget(falseAlarmsPerThousandNodeDays: .infinity, secondsPerSample: 60)
    #expect(boundless.allowedFalseAlarms(sampleCount: 50) == 50)
  }

  /// The lowest threshold at and above which every threshold is within the budget, by trying all of them.
  private func lowestThreshold(_ series: [ScoredSeries], allowed: Int, rule: AlarmRule) throws -> Double {
    var lowest = Double.infinity
    for threshold in Set(series.flatMap(\.scores) + [-.infinity]).sorted(by: >) {
      if try eventDetection(in: series, above: threshold, rule: rule).falseAlarms > allowed { break }
      lowest = threshold
    }
    return lowest
  }

  @Test func theThresholdIsTheLowestWithinTheBudget() throws {
    var generator = Generator(seed: 22)
    for trial in 0..<200 {
      let series = try (0..<3).map { _ in
        try ScoredSeries(
          scores: (0..<40).map { _ in Double(generator.index(below: 30)) },
          labels: (0..<40).map { _ in generator.bernoulli(0.1) })
      }
      let rule = AlarmRule(gap: generator.index(below: 4), lead: generator.index(below: 3))
      let allowed = generator.index(below: 12)
      let budget = AlarmBudget(
        falseAlarmsPerThousandNodeDays: 1000 * (Double(allowed) + 0.5) / 120, secondsPerSample: 86_400)
      #expect(budget.allowedFalseAlarms(sampleCount: 120) == allowed)
      let threshold = try alarmThreshold(for: series, within: budget, rule: rule)
      #expect(threshold == (try lowestThreshold(series, allowed: allowed, rule: rule)), "trial \(trial)")
    }
  }

  @Test func anEndlessAlarmIsNoWayIntoTheBudget() throws {
    let labels = (0..<100).map { (50..<60).contains($0) }
    let scores = (0..<100).map { $0 % 2 == 0 ? 1.0 : 2.0 }
    let series = [try ScoredSeries(scores: scores, labels: labels)]
    let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: 100, secondsPerSample: 8640)
    let detection = try eventF1AtBudget(series, within: budget, rule: AlarmRule())
    #expect(detection.found == 0)
    #expect(detection.falseAlarms == 0)
  }

  @Test func thresholdsSetOnQuietTimeHoldTheBudgetThere() throws {
    var generator = Generator(seed: 23)
    let quiet = try (0..<4).map { _ in try ScoredSeries(quiet: (0..<2000).map { _ in generator.normal() }) }
    let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: 1000, secondsPerSample: 86.4)
    let rule = AlarmRule(gap: 3)
    let threshold = try alarmThreshold(for: quiet, within: budget, rule: rule)
    let detection = try eventDetection(in: quiet, above: threshold, rule: rule)
    #expect(detection.falseAlarms == 8)
    #expect(detection.eventCount == 0)
  }

  @Test func aPerfectScoreFindsEveryEventWithoutFalseAlarms() throws {
    let labels = (0..<300).map { $0 % 60 > 50 }
    let series = [try ScoredSeries(scores: labels.map { $0 ? 1.0 : 0 }, labels: labels)]
    let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: 0, secondsPerSample: 60)
    let detection = try eventF1AtBudget(series, within: budget, rule: AlarmRule(gap: 2))
    #expect(detection.f1 == 1)
    #expect(detection.delays == [0, 0, 0, 0, 0])
  }

  @Test func entitiesAddUp() throws {
    let one = EventDetection(alarms: [1..<2], events: [1..<3], sampleCount: 10, rule: AlarmRule())
    let other = EventDetection(alarms: [1..<2], events: [5..<6], sampleCount: 20, rule: AlarmRule())
    let sum = one + other
    #expect(sum.delays == [0, nil])
    #expect(sum.falseAlarms == 1)
    #expect(sum.sampleCount == 30)
  }

  @Test func delaysAreOfFoundEvents() throws {
    let delay = try DetectionDelay([0, nil, 10, 20, nil])
    #expect(delay.median == 10)
    expectClose(delay.p90, 18)
    expectClose(delay.foundShare, 0.6)
    #expect(throws: EvaluationError.noPositives) { try DetectionDelay([nil]) }
    #expect(throws: EvaluationError.empty) { try DetectionDelay([]) }
  }

  @Test func seriesWithoutEventsHaveNoF1() throws {
    let quiet = [try ScoredSeries(quiet: [1.0, 2])]
    let budget = AlarmBudget(falseAlarmsPerThousandNodeDays: 1, secondsPerSample: 1)
    #expect(throws: EvaluationError.noPositives) { try eventF1AtBudget(quiet, within: budget, rule: AlarmRule()) }
    #expect(throws: EvaluationError.empty) { try eventF1AtBudget([], within: budget, rule: AlarmRule()) }
  }

  @Test func aNegativeLengthStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AlarmRule(gap: -2)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("the lengths of an alarm rule are at least 0, found gap -2, lead 0, patience 0"))
  }
}
