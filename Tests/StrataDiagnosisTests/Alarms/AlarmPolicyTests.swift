import StrataDiagnosis
import StrataEvaluation
import TestSupport
import Testing

@Suite struct AlarmPolicyTests {
  @Test(arguments: [(120.0, 60.0, 2), (119, 60, 1), (0, 60, 0), (0.3, 0.1, 3), (1e9, 1e-9, 1_000_000_000_000_000)])
  func theGapIsInWholeSamples(gap: Double, interval: Double, samples: Int) {
    #expect(AlarmPolicy(mergeGap: gap).rule(interval: interval) == AlarmRule(gap: samples))
  }

  /// Ten in 1000 days of 17 280 samples each.
  @Test func theRateIsPerSampleOfANode() {
    expectClose(AlarmPolicy(budget: 10).rate(interval: 5), 10 / (1000 * 17_280.0))
  }

  @Test func impossiblePoliciesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AlarmPolicy(budget: 0, mergeGap: 5)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("AlarmPolicy: budget 0.0, merge gap 5.0"))
  }
}
