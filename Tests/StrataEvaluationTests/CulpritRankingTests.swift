import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct CulpritRankingTests {
  @Test(arguments: referenceSeeds) func matchesTranADAndScikitLearn(seed: Int) throws {
    for (index, reference) in try referenceCases("culprits-\(seed)", of: CulpritCase.self).enumerated() {
      let (scores, culprits) = (reference.scores, reference.truth)
      func expect(_ actual: Double, _ expected: Double, _ name: String) {
        expectClose(actual, expected, relative: 0, absolute: 1e-12, "case \(index), \(name)")
      }
      expect(try hitRate(scores: scores, culprits: culprits), reference.hit100, "hit@100")
      expect(try hitRate(scores: scores, culprits: culprits, percent: 150), reference.hit150, "hit@150")
      expect(try ndcg(scores: scores, culprits: culprits), reference.ndcg100, "ndcg@100")
      expect(try ndcg(scores: scores, culprits: culprits, percent: 150), reference.ndcg150, "ndcg@150")
      expect(try interpretationScore(scores: scores, culprits: culprits), reference.hit100, "interpretation score")
      let tied = scores.map { $0.map { ($0 * 10).rounded(.toNearestOrEven) / 10 } }
      expect(try ndcg(scores: tied, culprits: culprits), reference.ndcg100OfTied, "ndcg@100 of tied scores")
      let (cells, mask) = (scores.flatMap { $0 }, culprits.flatMap { $0 })
      expect(try averagePrecision(scores: cells, labels: mask), reference.averagePrecision, "average precision")
      expect(try areaUnderROC(scores: cells, labels: mask), reference.areaUnderRoc, "area under ROC")
    }
  }

  @Test func tiesCountAsChance() throws {
    let culprits = [[true, false, false, true]]
    #expect(try hitRate(scores: [[1.0, 1, 1, 1]], culprits: culprits) == 0.5)
    #expect(try hitRate(scores: [[2.0, 1, 1, 1]], culprits: culprits) == (1 + 1.0 / 3) / 2)
  }

  @Test func doesNotDependOnTheOrderOfCandidates() throws {
    var generator = Generator(seed: 31)
    for _ in 0..<50 {
      let scores = (0..<8).map { _ in Double(generator.index(below: 4)) }
      var culprits = (0..<8).map { _ in generator.bernoulli(0.3) }
      culprits[0] = true
      let order = (0..<8).shuffled(using: &generator)
      for percent in [50.0, 100, 150, 1000] {
        let moved = (scores: [order.map { scores[$0] }], culprits: [order.map { culprits[$0] }])
        expectClose(
          try hitRate(scores: moved.scores, culprits: moved.culprits, percent: percent),
          try hitRate(scores: [scores], culprits: [culprits], percent: percent))
        expectClose(
          try ndcg(scores: moved.scores, culprits: moved.culprits, percent: percent),
          try ndcg(scores: [scores], culprits: [culprits], percent: percent))
      }
    }
  }

  @Test func aPerfectRankingIsOne() throws {
    let culprits = [[true, false, true, false], [false, true, false, false]]
    let scores = culprits.map { $0.map { $0 ? 3.0 : 1 } }
    #expect(try hitRate(scores: scores, culprits: culprits) == 1)
    #expect(try ndcg(scores: scores, culprits: culprits, percent: 150) == 1)
  }

  @Test func casesWithoutCulpritsAreSkipped() throws {
    let culprits = [[true, false], [false, false]]
    #expect(try hitRate(scores: [[1.0, 0], [0.0, 1]], culprits: culprits) == 1)
  }

  @Test func halvesRoundToEven() throws {
    let (scores, culprits) = ([[3.0, 2, 1]], [[false, true, false]])
    #expect(try hitRate(scores: scores, culprits: culprits, percent: 50) == 0, "half a candidate rounds to none")
    #expect(try hitRate(scores: scores, culprits: culprits, percent: 150) == 1, "one and a half to two")
    #expect(try ndcg(scores: scores, culprits: culprits, percent: 50) == 0)
  }
}
