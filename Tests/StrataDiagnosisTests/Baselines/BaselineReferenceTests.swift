import Foundation
import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Baselines from telemetry to scores, against scikit-learn and NumPy on the same run.
@Suite struct BaselineReferenceTests {
  let goldens: Goldens
  let telemetry: SampleTelemetry

  init() throws {
    goldens = try Goldens("baselines", in: .module)
    let run = sampleRun(
      ["c0/host0": goldens.array("values", of: "run")], trainingEnd: Int(goldens.number("trainingEnd", of: "run")))
    telemetry = try SampleTelemetry([run], embargo: Int(goldens.number("embargo", of: "run")))
  }

  @Test(arguments: [
    Baseline.norm, .robustZ, .pca, .normalizedPCA, .mahalanobis, .nearestPoint, .nearestWindow,
  ]) func equalsReference(baseline: Baseline) throws {
    let test = try telemetry.scores(baseline).test
    #expect(test.count == 1 && test[0].samples == 420..<600)
    expectClose(
      NDArray(vector: test[0].scores), goldens.array("scores", of: baseline.rawValue), relative: 2e-4, absolute: 2e-5)
    expectClose(
      try #require(test[0].contributions), goldens.array("contributions", of: baseline.rawValue), relative: 5e-4,
      absolute: 2e-4)
  }

  @Test func sumOfThreeEqualsReference() throws {
    let parts = try [Baseline.norm, .normalizedPCA, .nearestWindow].map { try telemetry.scores($0) }
    let sum = try DetectorScores.logSum(of: parts)
    expectClose(
      NDArray(vector: sum.test[0].scores), goldens.array("scores", of: "log-sum"), relative: 1e-3, absolute: 1e-3)
    #expect(sum.test[0].contributions == nil && sum.validation[0].contributions == nil)
    expectClose(
      NDArray(vector: try parts[0].standardised().test[0].scores), goldens.array("norm", of: "log-sum"), relative: 1e-3,
      absolute: 1e-3)
  }

  @Test func clustersEqualReferenceFromTheSameCentres() {
    let rows = goldens.array("rows", of: "lloyd")
    let windows = KMeansWindowScorer.windows(rows)
    let first = goldens.numbers("first", of: "lloyd").map { Int($0) }
    let centres = KMeans.refine(gather(windows, rows: first), for: windows, limit: 50)
    expectClose(centres, goldens.array("centres", of: "lloyd"), relative: 1e-4, absolute: 1e-5)
    let scores = KMeansWindowScorer(centres: centres).scores(of: rows).scores
    expectClose(NDArray(vector: scores), goldens.array("scores", of: "lloyd"), relative: 1e-4, absolute: 1e-4)
  }
}
