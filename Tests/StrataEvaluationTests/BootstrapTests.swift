import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct BootstrapTests {
  @Test func quantilesInterpolateLinearly() {
    let values = [4.0, 1, 3, 2]
    #expect(quantile(0, of: values) == 1)
    #expect(quantile(1, of: values) == 4)
    expectClose(quantile(0.5, of: values), 2.5)
    expectClose(quantile(0.9, of: values), 3.7)
    #expect(quantile(0.3, of: [1, .nan]).isNaN)
    #expect(quantile(0.5, of: [.infinity, .infinity]) == .infinity)
  }

  @Test func summariesDivideByOneLess() {
    let summary = SampleSummary([1, 2, 3, 4])
    #expect(summary.mean == 2.5)
    expectClose(summary.standardDeviation, (5.0 / 3).squareRoot())
    #expect(summary.count == 4)
    #expect(SampleSummary([7]).standardDeviation == 0)
  }

  @Test func equalGeneratorsGiveEqualIntervals() {
    var generators = (Generator(seed: 1), Generator(seed: 1), Generator(seed: 2))
    let values = [0.1, 0.5, 0.2, 0.9, 0.4, 0.7]
    let first = bootstrapMean(values, resamples: 500, using: &generators.0)
    #expect(bootstrapMean(values, resamples: 500, using: &generators.1) == first)
    #expect(bootstrapMean(values, resamples: 500, using: &generators.2) != first)
  }

  @Test func theIntervalOfAMeanIsNearTheNormalOne() {
    var generator = Generator(seed: 3)
    let values = (0..<400).map { _ in Double(generator.normal()) }
    let interval = bootstrapMean(values, resamples: 4000, using: &generator)
    let summary = SampleSummary(values)
    let halfWidth = 1.96 * summary.standardDeviation / 20
    expectClose(interval.estimate, summary.mean)
    expectClose(interval.lower, summary.mean - halfWidth, absolute: 0.01)
    expectClose(interval.upper, summary.mean + halfWidth, absolute: 0.01)
    #expect(interval.contains(interval.estimate) && !interval.contains(5))
  }

  @Test func ninetyFivePercentCoverTheTruth() {
    var generator = Generator(seed: 4)
    let covered = (0..<300).count { _ in
      let values = (0..<40).map { _ in Double(generator.uniform()) }
      return bootstrapMean(values, resamples: 300, using: &generator).contains(0.5)
    }
    #expect((264...296).contains(covered), "covered \(covered) of 300")
  }

  @Test func pairsCancelWhatIsHardForBoth() throws {
    var generator = Generator(seed: 5)
    let hardness = (0..<30).map { _ in Double(generator.uniform()) }
    let better = hardness.map { $0 + 0.02 + 0.01 * Double(generator.normal()) }
    let interval = try bootstrapDifference(better, minus: hardness, using: &generator)
    #expect(interval.lower > 0)
    expectClose(interval.estimate, 0.02, absolute: 0.01)
    let alone = bootstrapMean(better, using: &generator)
    #expect(alone.upper - alone.lower > 5 * (interval.upper - interval.lower))
  }

  @Test func anyStatisticOfAnyCases() throws {
    var generator = Generator(seed: 6)
    let cases: [(score: Double, label: Bool)] = (0..<60).map { index in
      let place = index % 7
      return (score: Double(place), label: place > 4 || index == 1)
    }
    let interval = try bootstrapInterval(over: cases, resamples: 200, using: &generator) { cases in
      try averagePrecision(scores: cases.map(\.score), labels: cases.map(\.label))
    }
    #expect(interval.lower < interval.estimate && interval.estimate <= interval.upper)
  }

  @Test func pairsMustBePairs() {
    var generator = Generator(seed: 7)
    let error = #expect(throws: EvaluationError.self) {
      try bootstrapDifference([1], minus: [], using: &generator)
    }
    #expect(error?.description == "1 values of the first do not match 0 values of the second")
  }

  @Test func noCaseStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = Generator(seed: 1)
      _ = bootstrapMean([], using: &generator)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("a bootstrap needs at least one case"))
  }
}
