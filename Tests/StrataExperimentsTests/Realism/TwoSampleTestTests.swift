import StrataExperiments
import StrataTensor
import TestSupport
import Testing

@Suite struct TwoSampleTestTests {
  private func samples(
    _ count: Int, seed: UInt64, shift: Double = 0, scale: Double = 1
  ) -> [TwoSampleTest.Sample] {
    var generator = Generator(seed: seed)
    return (0..<count).map { index in
      .init(features: (0..<3).map { _ in shift + scale * generator.normalDouble() }, group: index / 2)
    }
  }

  @Test func equalDistributionsCannotBeToldApart() throws {
    let area = try TwoSampleTest(samples(600, seed: 1), samples(600, seed: 2)).areaUnderROC
    #expect((area - 0.5).magnitude < 0.05)
  }

  @Test func aShiftAndAWiderSpreadAreFound() throws {
    #expect(try TwoSampleTest(samples(300, seed: 1), samples(300, seed: 2, shift: 1)).areaUnderROC > 0.85)
    #expect(try TwoSampleTest(samples(300, seed: 1), samples(300, seed: 2, scale: 2)).areaUnderROC > 0.75)
  }

  @Test func aFeatureThatIsEqualForAllIsIgnored() throws {
    func constant(_ samples: [TwoSampleTest.Sample]) -> [TwoSampleTest.Sample] {
      samples.map { .init(features: $0.features + [7], group: $0.group) }
    }
    let (first, second) = (constant(samples(300, seed: 1)), constant(samples(300, seed: 2, shift: 1)))
    #expect(try TwoSampleTest(first, second).areaUnderROC > 0.85)
  }

  @Test func featuresDescribeLevelSpreadAndMemory() {
    let window = (0..<40).map { $0 % 2 == 0 ? 9.0 : 11 }
    let features = WindowFeatures.of(window)
    #expect(features[0] == 10 && features[1] == 1 && features[4] == 10)
    #expect((features[7] - 4 * 39.0 / 40).magnitude < 1e-12)
    #expect((features[8] + 39.0 / 40).magnitude < 1e-12 && (features[9] - 38.0 / 40).magnitude < 1e-12)
    #expect(WindowFeatures.all(window + [1], length: 20).count == 2)
    #expect(WindowFeatures.of([Double](repeating: 3, count: 10)).allSatisfy { $0.isFinite })
  }

  @Test func tooFewGroupsAreAMistake() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try TwoSampleTest([.init(features: [1], group: 1)], [.init(features: [2], group: 1)])
    }
    expectMessage("TwoSampleTest: 1 groups for 5 folds", from: result)
  }
}
