import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct DetectionMetricsTests {
  @Test(arguments: referenceSeeds) func allNineMatchTSBAD(seed: Int) throws {
    let references = try detectionCases(seed: seed).filter { $0.allMetrics != nil }
    try #require(references.count > 5)
    for (index, reference) in references.enumerated() {
      let all = try #require(reference.allMetrics)
      let metrics = try DetectionMetrics(
        scores: reference.scores, labels: reference.labels, window: all.window, thresholds: all.thresholds)
      let actual = [
        "AUC-PR": metrics.averagePrecision, "AUC-ROC": metrics.areaUnderROC, "VUS-PR": metrics.vusPR,
        "VUS-ROC": metrics.vusROC, "Standard-F1": metrics.standardF1, "PA-F1": metrics.misleadingPointAdjustedF1,
        "Event-based-F1": metrics.eventF1, "R-based-F1": metrics.rangeF1, "Affiliation-F": metrics.affiliationF1,
      ]
      #expect(Set(actual.keys) == Set(all.values.keys))
      for (name, value) in all.values {
        expectClose(try #require(actual[name]), value, relative: 0, absolute: 1e-10, "case \(index), \(name)")
      }
    }
  }

  @Test(arguments: referenceSeeds) func predictedMetricsMatchTSBAD(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let (predictions, labels) = (reference.predictions, reference.labels)
      let actual = [
        "Standard-F1": try pointF1(predictions: predictions, labels: labels),
        "PA-F1": try misleadingPointAdjustedF1(predictions: predictions, labels: labels),
        "Event-based-F1": try eventF1(predictions: predictions, labels: labels, trimsLastEvent: true),
        "R-based-F1": try rangeF1(predictions: predictions, labels: labels),
        "Affiliation-F": try Affiliation(predictions: predictions, labels: labels).f1,
      ]
      for (name, value) in actual {
        let expected = try #require(reference.predictedMetrics[name])
        expectClose(value, expected, relative: 0, absolute: 1e-10, "case \(index), \(name)")
      }
    }
  }

  @Test func constantScoresAreDefined() throws {
    let labels = (0..<50).map { (20..<30).contains($0) }
    let metrics = try DetectionMetrics(scores: [Double](repeating: 1, count: 50), labels: labels, window: 10)
    #expect(metrics.areaUnderROC == 0.5)
    #expect(metrics.averagePrecision == 0.2)
    #expect(metrics.eventF1 == 0)
    #expect(metrics.affiliationF1 == 0)
  }
}
