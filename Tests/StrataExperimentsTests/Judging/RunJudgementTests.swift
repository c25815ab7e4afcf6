import StrataDiagnosis
import StrataEvaluation
import StrataExperiments
import StrataTelemetry
import StrataTensor
import Testing

/// A run of three devices with two faults, and scores that are known by construction.
enum JudgedRun {
  static let entities: [EntityPath] = ["c/gpu0", "c/gpu1", "c/gpu2"]
  static let heat = Channel(name: "heat", unit: "Cel", meaning: .heat)
  static let wait = Channel(name: "wait", unit: "s", meaning: .wait)
  static let channels = [
    ChannelReference(layer: .physical, channel: heat), ChannelReference(layer: .compute, channel: wait),
  ]

  static let run: Run = {
    func series(_ layer: TelemetryLayer, _ channel: Channel) -> LayerSeries {
      LayerSeries(
        layer: layer, entities: entities, channels: [channel],
        values: NDArray([400, 3, 1]) { out in for i in out.indices { out[i] = Float(i % 17) } })
    }
    return Run(
      name: "judged", start: 0, interval: 10, sampleCount: 400,
      layers: [series(.physical, heat), series(.compute, wait)],
      labels: [
        FaultLabel(kind: "overheating", entity: "c/gpu1", layer: .physical, channels: ["heat"], interval: 220..<240),
        FaultLabel(kind: "slow-link", entity: "c/gpu0", layer: .compute, channels: ["wait"], interval: 300..<330),
        FaultLabel(kind: "slow-link", entity: "c/gpu2", layer: .compute, channels: ["wait"], interval: 300..<330),
        FaultLabel(kind: "benign:checkpoint", entity: "c", interval: 260..<270, isBenign: true),
      ], split: RunSplit(trainingEnd: 200))
  }()

  /// Scores of the samples from 200 on: 5 where `peaks` says so, else 0; the blamed channel contributes 1.
  static func scores(_ peaks: [(entity: Int, samples: Range<Int>, channel: Int)]) -> ScoredTelemetry {
    let series = entities.indices.map { entity in
      var scores = [Float](repeating: 0, count: 200)
      var contributions = [Float](repeating: 0.1, count: 400)
      for peak in peaks where peak.entity == entity {
        for sample in peak.samples {
          scores[sample - 200] = 5
          contributions[(sample - 200) * 2 + peak.channel] = 1
        }
      }
      return ScoreSeries(
        run: 0, entity: entities[entity], samples: 200..<400, scores: scores,
        contributions: NDArray([200, 2], contributions), channels: channels, threshold: 1,
        alarms: mergedIntervals(peaks.filter { $0.entity == entity }.map(\.samples), gap: 2))
    }
    return ScoredTelemetry(
      sources: [ScoredTelemetry.Source(run)], series: series, policy: AlarmPolicy(budget: 10, mergeGap: 20))
  }
}

@Suite struct RunJudgementTests {
  @Test func faultsOfOneKindAndTimeAreOneCase() {
    let cases = FaultCase.cases(in: JudgedRun.run, during: 200..<400)
    #expect(cases.map(\.kind) == ["overheating", "slow-link"])
    #expect(cases[1].culprits == ["c/gpu0", "c/gpu2"])
    #expect(cases[1].cells.count == 2)
    #expect(FaultCase.cases(in: JudgedRun.run, during: 200..<300).map(\.kind) == ["overheating"])
  }

  @Test func countsWhatWasFoundAndWhatWasNot() throws {
    // The first fault is found two samples late by its victim's score, the second is missed, and one alarm is false.
    let scored = JudgedRun.scores([(0, 222..<240, 1), (1, 225..<238, 0), (2, 380..<385, 0)])
    let judged = try RunJudgement(scored, at: 0, of: JudgedRun.run, window: 10)
    #expect(judged.detection.found == 1 && judged.detection.falseAlarms == 1)
    #expect(judged.faults.map(\.delay) == [2, nil])
    #expect(judged.value(of: .medianDelay) == 20)
    #expect(judged.faults[0].evidence.entities.map(\.entity) == ["c/gpu0", "c/gpu1"])
    #expect(judged.faults[0].culpritRank == 2 && judged.faults[0].cellRank == 2)
    #expect((0...1).contains(judged.ranking.volume.pr) && judged.ranking.areaUnderROC > 0.5)
  }

  @Test func perfectScoresHavePerfectMeasures() throws {
    let scored = JudgedRun.scores([(1, 220..<240, 0), (0, 300..<330, 1), (2, 300..<330, 1)])
    let judged = try RunJudgement(scored, at: 0, of: JudgedRun.run, window: 10)
    #expect(judged.ranking.averagePrecision == 1 && judged.ranking.areaUnderROC == 1)
    #expect(judged.detection.f1 == 1 && judged.value(of: .medianDelay) == 0)
    #expect(judged.faults.allSatisfy { $0.culpritRank == 1 && $0.cellRank == 1 })
  }

  @Test func entitiesAreJudgedByTheirOwnLabels() throws {
    let scored = JudgedRun.scores([(1, 220..<240, 0), (0, 300..<330, 1), (2, 300..<330, 1), (0, 220..<230, 1)])
    let evaluation = try DetectionEvaluation(scored, runs: [JudgedRun.run], window: 10, threads: 2)
    func value(_ metric: Metric, in measures: [Measure]) -> Double? {
      measures.first { $0.metric == metric }?.interval.estimate
    }
    // The victim's score during the first fault is no false alarm of the run, but one of its own.
    #expect(value(.eventF1, in: evaluation.entities) == 2 * 3 / 7.0)
    #expect(value(.eventF1, in: evaluation.runs) == 1)
    #expect(value(.foundShare, in: evaluation.entities) == 1)
    #expect(value(.hitRate, in: evaluation.entities) == 1)
    #expect(value(.culpritRank, in: evaluation.runs) == 1)
    #expect(evaluation.entities.first { $0.metric == .vusPR }?.caseCount == 3)
  }

  /// A run with a fault throughout has no false alarms to count; the others are judged all the same.
  @Test func runsThatAreFaultyThroughoutAreLeftOut() throws {
    var faulty = JudgedRun.run
    faulty.name = "faulty"
    faulty.labels = [FaultLabel(kind: "overheating", entity: "c/gpu1", interval: 0..<400)]
    let one = JudgedRun.scores([(1, 220..<240, 0)])
    let scored = ScoredTelemetry(
      sources: [ScoredTelemetry.Source(JudgedRun.run), ScoredTelemetry.Source(faulty)],
      series: one.series
        + one.series.map {
          ScoreSeries(
            run: 1, entity: $0.entity, samples: $0.samples, scores: $0.scores, contributions: $0.contributions,
            channels: $0.channels, threshold: $0.threshold, alarms: $0.alarms)
        }, policy: one.policy)
    let evaluation = try DetectionEvaluation(scored, runs: [JudgedRun.run, faulty], window: 10, threads: 1)
    #expect(evaluation.leftOut == ["faulty"])
    #expect(evaluation.runs.first { $0.metric == .vusPR }?.caseCount == 1)
    let rate = evaluation.runs.first { $0.metric == .falseAlarmRate }
    #expect(rate?.interval.estimate == 0 && evaluation.budget == 10)
  }

  @Test func scoresOfAnotherRunAreRefused() {
    var other = JudgedRun.run
    other.name = "other"
    #expect(throws: DiagnosisError("the scores are of run 'judged', which is not among the stores")) {
      try DetectionEvaluation(JudgedRun.scores([]), runs: [other], window: 10, threads: 1)
    }
  }
}
