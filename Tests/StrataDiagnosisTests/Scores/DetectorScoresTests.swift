import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct DetectorScoresTests {
  @Test func scaleIsMeanAndDeviationOfLogarithms() {
    let scale = ScoreScale(of: [0, 1, 3, 7])  // log2(1 + x) is 0, 1, 2, 3
    let unit = 0.693_147_180_559_945
    expectClose(scale.mean, 1.5 * unit)
    expectClose(scale.deviation, 1.25.squareRoot() * unit)
    expectClose(
      NDArray(vector: scale.standardise([0, 15])),
      NDArray(vector: [-1.5 / 1.25.squareRoot(), 2.5 / 1.25.squareRoot()].map(Float.init)))
  }

  @Test func constantScoresHaveAScale() {
    let scale = ScoreScale(of: [2, 2, 2])
    #expect(scale.deviation == 1e-6 && scale.standardise([2])[0].magnitude < 1e-6)
    #expect(ScoreScale(of: []).standardise([0]) == [0])
  }

  @Test func everyEntityIsMeasuredByItsOwnValidation() throws {
    var generator = Generator(seed: 1)
    func series(_ entity: EntityPath, _ size: Float, run: Int = 0) -> ScoreSeries {
      scored(generator.uniformArray([50], in: 0..<size).elements, run: run, entity: entity)
    }
    let scores = DetectorScores(
      validation: [series("a", 1), series("b", 1000), series("a", 1, run: 1)],
      test: [series("a", 1), series("b", 1000)])
    let standardised = try scores.standardised()
    for entity in ["a", "b"] as [EntityPath] {
      let values = standardised.validation.filter { $0.entity == entity }.flatMap(\.scores).map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(mean.magnitude < 1e-6)
      expectClose(
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot(), 1, relative: 1e-5)
    }
  }

  @Test func anEntityWithoutValidationIsAnError() {
    let scores = DetectorScores(validation: [scored([1, 2], entity: "a")], test: [scored([1], entity: "b")])
    #expect(throws: DiagnosisError("'b' has no validation time to measure scores by")) { try scores.standardised() }
    #expect(throws: DiagnosisError("'b' has no validation time to measure scores by")) {
      try DetectorScores.logSum(of: [scores])
    }
  }

  @Test func theSumOfAPartWithItselfIsTwiceIt() throws {
    let part = DetectorScores(validation: [scored([1, 2, 4])], test: [scored([8, 0])])
    let once = try part.standardised().test[0].scores
    #expect(try DetectorScores.logSum(of: [part]).test[0].scores == once)
    #expect(try DetectorScores.logSum(of: [part, part]).test[0].scores == once.map { 2 * $0 })
  }

  @Test func negativeScoresStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ScoreScale(of: [1, -0.5])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("ScoreScale: a score of -0.5; logarithms need scores of at least zero"))
  }

  @Test func partsOfDifferentTimeStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let one = DetectorScores(validation: [scored([1, 2])], test: [])
      let other = DetectorScores(validation: [scored([1, 2], entity: "c0/host1")], test: [])
      _ = try DetectorScores.logSum(of: [one, other])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("DetectorScores.logSum: 'c0/host1' 0..<2 of run 0 does not match 'c0/host0' 0..<2 of run 0"))
  }

  @Test func contributionsMustFitTheScores() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ScoreSeries(
        run: 0, entity: "a", samples: 0..<2, scores: [1, 2], contributions: NDArray([3, 1], repeating: 0),
        channels: [ChannelReference(layer: .physical, channel: Channel(name: "heat"))])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("ScoreSeries: contributions of shape [3, 1], expected [2, 1]"))
  }

  @Test func scoresMustFitTheSamples() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ScoreSeries(run: 0, entity: "a", samples: 5..<9, scores: [1, 2, 3])
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("ScoreSeries: 3 scores for samples 5..<9"))
  }
}
