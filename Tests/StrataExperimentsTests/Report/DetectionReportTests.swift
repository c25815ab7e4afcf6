import Foundation
import StrataDiagnosis
import StrataExperiments
import StrataPipeline
import StrataTelemetry
import StrataTensor
import StrataTraining
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The page about one run, without a simulation or a training.
@Suite struct DetectionReportTests {
  /// A page about the judged run, with scores that find the first fault and miss the second.
  private func page(run: Run = JudgedRun.run) throws -> String {
    let configuration = try PipelineConfiguration.standard(overriding: [
      "window.length=16", "split.embargo=16", "model.encoder.width=8", "model.encoder.depth=1",
      "model.embedding.latent=4",
    ])
    let prepared = try PreparedTelemetry([run], configuration: configuration, threads: 2)
    let quiet = JudgedRun.entities.map { entity in
      ScoreSeries(run: 0, entity: entity, samples: 100..<200, scores: (0..<100).map { Float($0 % 10) / 50 })
    }
    let scored = JudgedRun.scores([(1, 221..<240, 0), (0, 222..<238, 1)]).series
    let scores = try ScoredTelemetry(
      calibrating: DetectorScores(validation: quiet, test: scored), of: [run],
      policy: AlarmPolicy(budget: 1000, mergeGap: 20))
    let incident = Incident(
      samples: 221..<240, alarms: [Alarm(entity: "c/gpu1", samples: 221..<240, peakScore: 5)],
      evidence: Evidence(scores.series, during: 221..<240, in: run))
    let detection = Detection(scores: scores, incidents: [[incident]])
    var curve = LossCurve()
    for step in 1...30 {
      curve.observe(
        .step(
          TrainingStep(
            step: step, stepCount: 30, loss: 1 / Double(step), parts: [], learningRate: 0.1, gradientNorm: 1, batch: 8,
            duration: .seconds(1))))
    }
    let judgement = try RunJudgement(detection.scores, at: 0, of: run, window: 10)
    return DetectionReport(
      title: "A page", run: run, detection: detection,
      methods: [.init(name: "first", judgement: judgement), .init(name: "second", judgement: judgement)],
      embeddings: try prepared.testEmbeddings(of: prepared.initialModel(seed: 1)), windowLength: 16, curve: curve,
      provenance: Provenance(configuration, runs: [run]), command: "strata something"
    ).page.html
  }

  @Test func saysWhatWasFoundAndWhatWasMissed() throws {
    let page = try page()
    #expect(XMLParser(data: Data(page.utf8)).parse())
    for text in [
      "<b>1 of 2</b>", "✗ missed", "✓ 10 s", "slow link", "<code>c/gpu0, c/gpu2</code>",
      "✓ </span><code>c/gpu1 physical heat",
      "Fault 2: slow link", "strata something", "overheating: culprit", "30 steps",
    ] { #expect(page.contains(text), "there is no '\(text)'") }
    #expect(!page.contains("<script") && !page.contains("nan"))
  }

  @Test func equalValuesGiveEqualPages() throws { #expect(try page() == page()) }

  @Test func hostileLabelsStayText() throws {
    var run = JudgedRun.run
    run.labels[0].kind = "<img src=x onerror=alert(1)>"
    let page = try page(run: run)
    #expect(!page.contains("<img") && page.contains("&lt;img"))
  }
}
