import StrataEvaluation
import Testing

@Suite struct EvaluationErrorTests {
  @Test func lengthsThatDifferAreNamed() throws {
    let error = #expect(throws: EvaluationError.self) { try areaUnderROC(scores: [1.0, 2], labels: [true]) }
    #expect(error?.description == "2 scores do not match 1 labels")
    let predictions = #expect(throws: EvaluationError.self) { try eventF1(predictions: [], labels: [true]) }
    #expect(predictions?.description == "0 predictions do not match 1 labels")
    let cases = #expect(throws: EvaluationError.self) { try hitRate(scores: [[1.0]], culprits: []) }
    #expect(cases?.description == "1 cases of scores do not match 0 cases of culprits")
  }

  @Test func aClassThatIsAbsentIsAnError() throws {
    let error = #expect(throws: EvaluationError.self) { try averagePrecision(scores: [1.0], labels: [false]) }
    #expect(error == .noPositives)
    #expect(error?.description == "nothing is labelled positive, so recall is not defined")
    let all = #expect(throws: EvaluationError.self) { try areaUnderROC(scores: [1.0], labels: [true]) }
    #expect(all == .noNegatives)
    #expect(all?.description == "everything is labelled positive, so false alarms are not defined")
    #expect(throws: EvaluationError.noNegatives) {
      try VolumeUnderSurface(scores: [1.0, 2], labels: [true, true], window: 2)
    }
    #expect(throws: EvaluationError.noPositives) { try pointF1(predictions: [true], labels: [false]) }
    #expect(throws: EvaluationError.noPositives) { try rangeF1(predictions: [true], labels: [false]) }
    #expect(throws: EvaluationError.noPositives) { try Affiliation(predictions: [true], labels: [false]) }
    #expect(throws: EvaluationError.noPositives) { try hitRate(scores: [[1.0]], culprits: [[false]]) }
  }

  @Test func nothingIsAnError() throws {
    let error = #expect(throws: EvaluationError.self) { try averagePrecision(scores: [Double](), labels: []) }
    #expect(error?.description == "there is nothing to evaluate")
    #expect(throws: EvaluationError.empty) { try oracleMaximum(over: [Float]()) { _ in 0 } }
  }

  @Test func aNaNScoreIsAnErrorEverywhere() throws {
    let (scores, labels) = ([0.5, .nan, 1], [false, true, false])
    let error = #expect(throws: EvaluationError.self) { try areaUnderROC(scores: scores, labels: labels) }
    #expect(error?.description == "the score at index 1 is not a number")
    #expect(throws: EvaluationError.notANumber(index: 1)) { try averagePrecision(scores: scores, labels: labels) }
    #expect(throws: EvaluationError.notANumber(index: 1)) { try standardF1(scores: scores, labels: labels) }
    #expect(throws: EvaluationError.notANumber(index: 1)) {
      try VolumeUnderSurface(scores: scores, labels: labels, window: 3)
    }
    #expect(throws: EvaluationError.notANumber(index: 1)) {
      try DetectionMetrics(scores: scores, labels: labels, window: 3)
    }
    #expect(throws: EvaluationError.notANumber(index: 1)) { try hitRate(scores: [scores], culprits: [labels]) }
    #expect(throws: EvaluationError.notANumber(index: 1)) { try ScoredSeries(quiet: scores) }
  }

  @Test func anInfiniteScoreIsAnErrorForAnOracle() throws {
    let error = #expect(throws: EvaluationError.self) {
      try oracleMaximum(over: [0, Double.infinity]) { _ in 0 }
    }
    #expect(error?.description == "the score at index 1 is not finite")
  }
}
