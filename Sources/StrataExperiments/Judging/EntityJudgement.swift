import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// How well the scores of one entity tell when something was wrong with that entity, and which of its channels showed it.
struct EntityJudgement: Judgement {
  /// What the alarms found.
  let detection: EventDetection
  /// `nil` for an entity that had no fault, or nothing else.
  let ranking: RankingJudgement?
  /// Per fault with known channels, the score of every channel and whether it is a culprit.
  let culpritCases: [(scores: [Float], culprits: [Bool])]
  let interval: Double
  /// Days of the entity.
  let nodeDays: Double

  var delays: [Int?] { detection.delays }
  /// Nobody competes with the entity for the blame.
  var culpritRanks: [Int] { [] }

  /// - Parameters:
  ///   - series: Scores with their alarms.
  ///   - run: The run that `series` scores, with its labels.
  ///   - rule: When an alarm counts for an event.
  ///   - window: The longest window of the volumes, in samples.
  init(_ series: ScoreSeries, in run: Run, rule: AlarmRule, window: Int) throws(EvaluationError) {
    var labels = [Bool](repeating: false, count: series.samples.count)
    var cases: [(scores: [Float], culprits: [Bool])] = []
    for label in run.labels where !label.isBenign && label.entity == series.entity {
      let samples = label.interval.clamped(to: series.samples)
      guard !samples.isEmpty else { continue }
      let positions = samples.lowerBound - series.samples.lowerBound..<samples.upperBound - series.samples.lowerBound
      for position in positions { labels[position] = true }
      guard let contributions = series.contributions, !label.channels.isEmpty else { continue }
      let shown = Set(FaultCase.cells(of: label, in: run))
      let culprits = series.channels.map { reference in
        shown.contains(
          FaultCase.Cell(entity: label.entity, layer: reference.layer, channel: reference.channel.name))
      }
      cases.append((contributions.rows(positions).max(over: [0]).elements, culprits))
    }
    culpritCases = cases.filter { $0.culprits.contains(true) }
    (interval, nodeDays) = (run.interval, Double(series.samples.count) * run.interval / 86_400)
    let alarms = series.alarms.map(series.positions)
    detection = EventDetection(
      alarms: alarms, events: eventIntervals(in: labels), sampleCount: series.samples.count, rule: rule)
    guard labels.contains(true), labels.contains(false) else {
      ranking = nil
      return
    }
    ranking = try RankingJudgement(scores: series.scores, labels: labels, alarms: alarms, window: window)
  }
}
