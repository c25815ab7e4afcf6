import Foundation
import StrataEvaluation
import StrataTensor
import Testing

@Suite struct PeriodLengthTests {
  @Test(arguments: referenceSeeds) func matchesTSBAD(seed: Int) throws {
    for (index, reference) in try referenceCases("periods-\(seed)", of: PeriodCase.self).enumerated() {
      #expect(periodLength(of: reference.series) == reference.period, "case \(index)")
    }
  }

  @Test func findsThePeriodOfASine() {
    #expect(periodLength(of: (0..<2000).map { sin(2 * Double.pi * Double($0) / 40) }) == 40)
    #expect(periodLength(of: (0..<2000).map { Float(sin(2 * Double.pi * Double($0) / 40)) }) == 40)
  }

  @Test func usesTheFirstTwentyThousandSamples() {
    let series = (0..<40_000).map { sin(2 * Double.pi * Double($0) / ($0 < 20_000 ? 40 : 90)) }
    #expect(periodLength(of: series) == 40)
  }

  @Test func fallsBackWhereThereIsNoPeriod() {
    #expect(periodLength(of: [Double]()) == 125)
    #expect(periodLength(of: [1.0]) == 125)
    #expect(periodLength(of: [1.0, 2, 1, 2]) == 125)
    #expect(periodLength(of: [Double](repeating: 0, count: 1000)) == 125)
    #expect(periodLength(of: (0..<1000).map { $0 == 10 ? Double.nan : Double($0 % 50) }) == 125)
    #expect(periodLength(of: (0..<2000).map { Double($0 % 4) }) != 4, "below the shortest period")
    #expect(periodLength(of: (0..<5000).map { sin(2 * Double.pi * Double($0) / 350) }) == 125, "above the longest")
  }

  @Test func usesTheLagsOfAShortSeries() {
    #expect(periodLength(of: (0..<120).map { sin(2 * Double.pi * Double($0) / 20) }) == 20)
  }
}
