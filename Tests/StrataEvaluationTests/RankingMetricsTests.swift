import Foundation
import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct RankingMetricsTests {
  @Test(arguments: referenceSeeds) func matchScikitLearn(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let (scores, labels) = (reference.scores, reference.labels)
      let place = "case \(index), \(reference.kind)"
      expectClose(
        try areaUnderROC(scores: scores, labels: labels), reference.areaUnderRoc, relative: 0, absolute: 1e-12, place)
      expectClose(
        try averagePrecision(scores: scores, labels: labels), reference.averagePrecision, relative: 0, absolute: 1e-12,
        place)
      expectClose(
        try standardF1(scores: scores, labels: labels), reference.standardF1, relative: 0, absolute: 1e-12, place)
    }
  }

  @Test func equalTheDefinitionsOnEverySmallCase() throws {
    for scores in everyList(of: 5, below: 3).map({ $0.map(Double.init) }) {
      for labels in everyLabelling(of: 5) where labels.contains(true) && labels.contains(false) {
        expectClose(try areaUnderROC(scores: scores, labels: labels), Naive.areaUnderROC(scores, labels))
        expectClose(try averagePrecision(scores: scores, labels: labels), Naive.averagePrecision(scores, labels))
      }
    }
  }

  @Test func dependOnTheOrderOfScoresOnly() throws {
    var generator = Generator(seed: 3)
    let labels = (0..<200).map { ($0 / 10) % 4 == 1 }
    let scores = labels.map { _ in Double(generator.index(below: 60)) / 20 - 1 }
    for transform in [{ exp($0) }, { $0 * $0 * $0 }, { 1e6 * $0 + 5 }, { atan($0) }] as [(Double) -> Double] {
      let moved = scores.map(transform)
      #expect(try areaUnderROC(scores: moved, labels: labels) == areaUnderROC(scores: scores, labels: labels))
      #expect(try averagePrecision(scores: moved, labels: labels) == averagePrecision(scores: scores, labels: labels))
      #expect(try standardF1(scores: moved, labels: labels) == standardF1(scores: scores, labels: labels))
    }
  }

  @Test func aPerfectScoreIsOneAndItsOppositeIsLast() throws {
    let labels = (0..<100).map { (40..<60).contains($0) }
    let scores = labels.map { $0 ? 1.0 : 0.0 }
    #expect(try areaUnderROC(scores: scores, labels: labels) == 1)
    #expect(try averagePrecision(scores: scores, labels: labels) == 1)
    expectClose(try standardF1(scores: scores, labels: labels), 1, relative: 1e-5)
    #expect(try areaUnderROC(scores: scores.map { -$0 }, labels: labels) == 0)
  }

  @Test func randomScoresReachTheFloor() throws {
    var generator = Generator(seed: 5)
    let labels = (0..<40_000).map { $0 % 100 < 8 }
    let scores = labels.map { _ in generator.uniform() }
    expectClose(try areaUnderROC(scores: scores, labels: labels), 0.5, absolute: 0.02)
    expectClose(try averagePrecision(scores: scores, labels: labels), 0.08, absolute: 0.01)
  }

  @Test func infiniteScoresHaveARank() throws {
    let scores = [-Double.infinity, 0, .infinity, 1]
    #expect(try areaUnderROC(scores: scores, labels: [false, false, true, true]) == 1)
  }

  @Test func singlePrecisionScoresGiveTheSameValue() throws {
    let scores: [Float] = [0.1, 0.7, 0.3, 0.7]
    let labels = [false, true, true, false]
    #expect(
      try averagePrecision(scores: scores, labels: labels)
        == averagePrecision(scores: scores.map(Double.init), labels: labels))
  }
}
