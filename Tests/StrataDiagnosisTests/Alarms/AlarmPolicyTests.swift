import Foundation
import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct AlarmPolicyTests {
  /// 10 000 hours are 416.7 days: 120 alarms per 1000 days are 50.
  @Test func countsTheBudgetExactly() throws {
    let policy = AlarmPolicy(budget: 120, mergeGap: 0)
    var scores = [Float](repeating: 0, count: 10_000)
    var generator = Generator(seed: 1)
    let heights = generator.permutation(400).map { Float($0 + 1) }
    for (index, height) in heights.enumerated() { scores[25 * index] = height }
    let series = [scored(Array(scores[..<4000])), scored(Array(scores[4000...]), entity: "c0/host1")]
    let threshold = try policy.threshold(calibration: series, interval: 3600)
    #expect(threshold == 350)  // 351...400 are above it
    #expect(alarmCount(series, above: threshold, policy) == 50)
    #expect(alarmCount(series, above: threshold.nextDown, policy) == 51)
  }

  /// At a low threshold each hump is one alarm, at a high one its peaks are two.
  @Test func alarmsThatSplitAtAHigherThresholdStayWithinTheBudget() throws {
    let hump: [Float] = [5, 9, 5, 5, 5, 9, 5]
    var scores: [Float] = []
    for index in 0..<100 {
      scores += hump.map { (height: Float) -> Float in height + Float(index) / 100 }
      scores += [Float](repeating: 0, count: 1000)
    }
    let series = [scored(scores)]
    let policy = AlarmPolicy(budget: 20, mergeGap: 0)
    let bearable = Double(scores.count) / 24 * 20 / 1000
    let threshold = try policy.threshold(calibration: series, interval: 3600)
    for higher in stride(from: threshold, to: 10.5, by: 0.05) {
      #expect(Double(alarmCount(series, above: higher, policy)) <= bearable)
    }
  }

  @Test func theThresholdIsNotBelowTheTail() throws {
    let scores = (0..<1000).map(Float.init)
    let threshold = try AlarmPolicy(budget: 1e9, mergeGap: 0).threshold(calibration: [scored(scores)], interval: 60)
    #expect(threshold == 979)
    let flat = [scored([Float](repeating: 2, count: 200))]
    #expect(try AlarmPolicy(budget: 1e-3).threshold(calibration: flat, interval: 60) == 2)
  }

  /// Fresh scores of the same kind raise about as many alarms as the budget says: on long calibration time, where
  /// alarms are counted, and on short calibration time, where the tail is followed.
  @Test(arguments: [(samples: 300_000, budget: 500.0), (samples: 15_000, budget: 500)])
  func freshNormalTimeKeepsTheBudget(samples: Int, budget: Double) throws {
    var generator = Generator(seed: 3)
    func tailed(_ count: Int) -> [Float] { (0..<count).map { _ in generator.normal() + 2 * abs(generator.normal()) } }
    let policy = AlarmPolicy(budget: budget, mergeGap: 300)
    let days = Double(samples) * 60 / 86_400
    #expect((days * budget / 1000 >= 50) == (samples == 300_000))
    let threshold = try policy.threshold(calibration: [scored(tailed(samples))], interval: 60)
    let fresh = 1_000_000
    let expected = Double(fresh) * 60 / 86_400 * budget / 1000
    let count = Double(alarmCount([scored(tailed(fresh))], above: threshold, policy))
    #expect((expected / 3...expected * 1.5).contains(count), "\(count) alarms, budget \(expected)")
  }

  @Test func aBudgetBelowOneAlarmFollowsTheTail() throws {
    var generator = Generator(seed: 4)
    let count = 50_000
    let scores = (0..<count).map { _ in Float(-log1p(-generator.uniformDouble())) }
    var last = -Float.infinity
    for budget in [20.0, 2, 0.2] {
      let bearable = Double(count) / 1440 * budget / 1000
      #expect(bearable < 1)
      let threshold = try AlarmPolicy(budget: budget, mergeGap: 0).threshold(
        calibration: [scored(scores)], interval: 60)
      #expect(threshold > last)
      // Of `count` scores, count · exp(-t) are above t.
      let ratio = Double(count) * exp(-Double(threshold)) / bearable
      #expect((0.5...2).contains(ratio), "budget \(budget)")
      last = threshold
    }
  }

  @Test func valuesThatAreNotFiniteDoNotCount() throws {
    let scores = (0..<1000).map(Float.init)
    let policy = AlarmPolicy(budget: 1e9, mergeGap: 0)
    let threshold = try policy.threshold(calibration: [scored(scores + [.nan, .infinity, .nan])], interval: 60)
    #expect(threshold == 979)
    let few = [scored([Float](repeating: 1, count: 99)), scored([.nan])]
    #expect(throws: DiagnosisError("a threshold needs at least 100 scores of normal time, found 99")) {
      try policy.threshold(calibration: few, interval: 60)
    }
  }

  @Test(arguments: [(120.0, 60.0, 2), (119, 60, 1), (0, 60, 0), (0.3, 0.1, 3), (1e9, 1e-9, 1_000_000_000_000_000)])
  func theGapIsInWholeSamples(gap: Double, interval: Double, samples: Int) {
    #expect(AlarmPolicy(mergeGap: gap).rule(interval: interval) == AlarmRule(gap: samples))
  }

  @Test func impossiblePoliciesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AlarmPolicy(budget: 0, mergeGap: 5)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("AlarmPolicy: budget 0.0, merge gap 5.0"))
  }

  private func alarmCount(_ series: [ScoreSeries], above threshold: Float, _ policy: AlarmPolicy) -> Int {
    series.reduce(0) {
      $0 + alarms(in: $1.scores, above: Double(threshold), gap: policy.rule(interval: 60).gap).count
    }
  }
}
