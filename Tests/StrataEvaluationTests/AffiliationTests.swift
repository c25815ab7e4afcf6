import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct AffiliationTests {
  @Test(arguments: referenceSeeds) func matchesTheReference(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let affiliation = try Affiliation(predictions: reference.predictions, labels: reference.labels)
      let expected = reference.affiliation
      func expect(_ actual: Double?, _ expected: Double?, _ name: String) {
        let place = "case \(index), \(reference.kind), \(name)"
        #expect((actual == nil) == (expected == nil), "\(place)")
        expectClose(actual ?? 0, expected ?? 0, relative: 0, absolute: 1e-10, place)
      }
      expect(affiliation.precision, expected.precision, "precision")
      expect(affiliation.recall, expected.recall, "recall")
      expect(affiliation.f1, reference.predicted.affiliationF1, "F1")
      #expect(affiliation.events.count == expected.recalls.count)
      for (event, actual) in affiliation.events.enumerated() {
        expect(actual.precision, expected.precisions[event], "precision of event \(event)")
        expect(actual.recall, expected.recalls[event], "recall of event \(event)")
        expect(actual.precisionDistance, expected.precisionDistances[event], "precision distance of event \(event)")
        expect(actual.recallDistance, expected.recallDistances[event], "recall distance of event \(event)")
      }
    }
  }

  @Test(arguments: referenceSeeds) func matchesTheReferenceAtTheOracleThreshold(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let best = try oracleMaximum(over: reference.scores) { predictions throws(EvaluationError) in
        try Affiliation(predictions: predictions, labels: reference.labels).f1
      }
      expectClose(best, reference.oracle.affiliationF1, relative: 0, absolute: 1e-10, "case \(index)")
    }
  }

  @Test func isNearACountOverAFineGridOnEverySmallCase() throws {
    let steps = 16
    for labels in everyLabelling(of: 5) where labels.contains(true) {
      let events = eventIntervals(in: labels)
      for predictions in everyLabelling(of: 5) {
        let affiliation = try Affiliation(predictions: predictions, labels: labels)
        for (index, event) in events.enumerated() {
          let start = index == 0 ? 0 : Double(events[index - 1].upperBound + event.lowerBound) / 2
          let end = index + 1 == events.count ? 5 : Double(event.upperBound + events[index + 1].lowerBound) / 2
          let counted = Naive.affiliation(predictions, event: event, zone: start...end, steps: steps)
          let place = "\(labels) \(predictions) event \(index)"
          #expect((counted.precision == nil) == (affiliation.events[index].precision == nil), "\(place)")
          expectClose(
            affiliation.events[index].precision ?? 0, counted.precision ?? 0, relative: 0, absolute: 0.07, place)
          expectClose(affiliation.events[index].recall, counted.recall, relative: 0, absolute: 0.07, place)
        }
      }
    }
  }

  @Test func perfectPredictionsAreOne() throws {
    for labels in everyLabelling(of: 6) where labels.contains(true) {
      let affiliation = try Affiliation(predictions: labels, labels: labels)
      #expect(affiliation.f1 == 1)
      #expect(affiliation.events.allSatisfy { $0.precisionDistance == 0 && $0.recallDistance == 0 })
    }
  }

  @Test func nothingPredictedHasNoPrecision() throws {
    let affiliation = try Affiliation(predictions: [false, false, false], labels: [false, true, false])
    #expect(affiliation.precision == nil)
    #expect(affiliation.recall == 0)
    #expect(affiliation.f1 == 0)
    #expect(affiliation.events[0].recallDistance == .infinity)
  }

  @Test func randomPredictionsHaveAHighFloor() throws {
    var generator = Generator(seed: 9)
    let labels = (0..<20_000).map { $0 % 1000 < 30 }
    let predictions = labels.map { _ in generator.bernoulli(0.02) }
    let affiliation = try Affiliation(predictions: predictions, labels: labels)
    expectClose(try #require(affiliation.precision), 0.5, absolute: 0.05)
    #expect(affiliation.f1 > 0.6)
  }
}
