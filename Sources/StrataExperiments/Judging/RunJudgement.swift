public import StrataDiagnosis
public import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// How well the scores of one run tell when something was wrong with it, and who was to blame.
///
/// The run counts as one thing here: its score at a time is the highest of any entity's, and every fault is an event,
/// whoever suffers from it. Entities that a fault made slow are therefore no false alarms, but they compete with the
/// culprits for blame.
public struct RunJudgement: Sendable {
  /// The samples of the run that were scored.
  public let samples: Range<Int>
  /// The highest score of any entity at each sample.
  public let scores: [Float]
  /// What the alarms of all entities together found.
  public let detection: EventDetection
  /// The faults by time, each with the blame.
  public let faults: [FaultJudgement]
  /// The highest score against the time of all faults.
  public let ranking: RankingJudgement
  /// Seconds between samples.
  public let interval: Double
  /// How many machines the run is of.
  public let nodeCount: Int

  /// Judges the scores of the run at `position` in `scored`.
  ///
  /// - Parameters:
  ///   - run: The same run, with its labels.
  ///   - window: The longest window of the volumes, in samples.
  ///   - position: The position of the run among the scores' sources.
  ///   - scored: Scores with their threshold.
  /// - Throws: `EvaluationError` when nothing of the run was scored, or it has no fault there, or nothing else.
  public init(
    _ scored: ScoredTelemetry, at position: Int, of run: Run, window: Int
  ) throws(EvaluationError) {
    let series = scored.series.filter { $0.run == position && !$0.samples.isEmpty }
    guard let first = series.map(\.samples.lowerBound).min(), let end = series.map(\.samples.upperBound).max() else {
      throw .empty
    }
    let samples = first..<end
    var scores = [Float](repeating: series.flatMap(\.scores).min() ?? 0, count: samples.count)
    for entity in series {
      let offset = entity.samples.lowerBound - first
      for (index, score) in entity.scores.enumerated() { scores[offset + index] = max(scores[offset + index], score) }
    }
    let cases = FaultCase.cases(in: run, during: samples)
    let events = mergedIntervals(cases.map { $0.interval.clamped(to: samples) })
    var labels = [Bool](repeating: false, count: samples.count)
    for event in events { for sample in event { labels[sample - first] = true } }
    let rule = scored.policy.rule(interval: run.interval)
    let alarms = mergedIntervals(series.flatMap(\.alarms), gap: rule.gap)
    let detection = EventDetection(
      alarms: alarms.map { $0.lowerBound - first..<$0.upperBound - first },
      events: events.map { $0.lowerBound - first..<$0.upperBound - first }, sampleCount: samples.count, rule: rule)
    var faults: [FaultJudgement] = []
    for fault in cases {
      let event = events.firstIndex { $0.overlaps(fault.interval) }!
      let delay = detection.delays[event].map { events[event].lowerBound + $0 - fault.interval.lowerBound }
      faults.append(FaultJudgement(fault, delay: delay, scores: series, in: run))
    }
    (self.samples, self.scores, self.detection, self.faults) = (samples, scores, detection, faults)
    (interval, nodeCount) = (run.interval, run.nodeCount)
    ranking = try RankingJudgement(
      scores: scores, labels: labels, alarms: alarms.map { $0.lowerBound - first..<$0.upperBound - first },
      window: window)
  }

  /// Days that were scored, summed over machines.
  public var nodeDays: Double { Double(samples.count * nodeCount) * interval / 86_400 }

  /// The value of a metric for this run alone; `nil` where it has none.
  public func value(of metric: Metric) -> Double? { metric.value(of: [Whole(run: self)]) }

  /// The run as one of several that are judged together.
  struct Whole: Judgement {
    let run: RunJudgement

    var detection: EventDetection { run.detection }
    var ranking: RankingJudgement? { run.ranking }
    var delays: [Int?] { run.faults.map(\.delay) }
    var culpritCases: [(scores: [Float], culprits: [Bool])] {
      run.faults.filter { !$0.cells.isEmpty && !$0.fault.cells.isEmpty }.map { judged in
        (judged.cells.map(\.contribution), judged.cells.map { judged.fault.cells.contains($0.cell) })
      }
    }
    var culpritRanks: [Int] { run.faults.compactMap(\.culpritRank) }
    var interval: Double { run.interval }
    var nodeDays: Double { run.nodeDays }
  }
}
