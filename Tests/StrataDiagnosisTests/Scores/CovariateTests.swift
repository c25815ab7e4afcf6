import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Channels that say what the job is doing are scored by nobody.
@Suite struct CovariateTests {
  private let run = SampleCluster().run()

  @Test(arguments: [Baseline.norm, .robustZ, .normalizedPCA]) func baselinesDoNotScoreThem(baseline: Baseline) throws {
    let telemetry = try BaselineTelemetry(
      [run], embargo: 24, covariates: ["physical/power", "application/rate"], threads: 2)
    let scores = try telemetry.scores(baseline)
    for series in scores.test {
      let contributions = try #require(series.contributions)
      for position in 0..<contributions.shape[0] {
        #expect(contributions[position, 1] == 0 && contributions[position, 5] == 0)
      }
    }
  }

  @Test func aMisspeltNameIsReported() {
    let message = "the covariate 'physical/powr' is no channel of the runs; did you mean 'physical/power'?"
    #expect(throws: WindowError(message)) { try BaselineTelemetry([run], covariates: ["physical/powr"], threads: 1) }
  }
}
