import StrataDiagnosis
public import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// How well the scores of one entity tell when something was wrong with that entity, and which of its channels showed it.
public struct EntityJudgement: Sendable {
  /// What the alarms found.
  public let detection: EventDetection
  /// `nil` for an entity that had no fault, or nothing else.
  public let ranking: RankingJudgement?
  /// Per fault with known channels, the score of every channel and whether it is a culprit.
  public let culpritCases: [(scores: [Float], culprits: [Bool])]

  /// - Parameters:
  ///   - run: The run that `series` scores, with its labels.
  ///   - channels: What the columns of the contributions are.
  ///   - window: The longest window of the volumes, in samples.
  init(
    _ series: ScoreSeries, in run: Run, channels: [ChannelReference], threshold: Float, rule: AlarmRule, window: Int
  ) throws(EvaluationError) {
    var labels = [Bool](repeating: false, count: series.samples.count)
    var cases: [(scores: [Float], culprits: [Bool])] = []
    for label in run.labels where !label.isBenign && label.entity == series.entity {
      let samples = label.interval.clamped(to: series.samples)
      guard !samples.isEmpty else { continue }
      let positions = samples.lowerBound - series.samples.lowerBound..<samples.upperBound - series.samples.lowerBound
      for position in positions { labels[position] = true }
      guard let contributions = series.contributions, !label.channels.isEmpty else { continue }
      let culprits = channels.map { reference in
        label.channels.contains(reference.channel.name) && (label.layer == nil || label.layer == reference.layer)
      }
      cases.append((contributions.rows(positions).max(over: [0]).elements, culprits))
    }
    culpritCases = cases.filter { $0.culprits.contains(true) }
    let scored = try ScoredSeries(scores: series.scores, labels: labels)
    detection = try eventDetection(in: [scored], above: Double(threshold), rule: rule)
    guard labels.contains(true), labels.contains(false) else {
      ranking = nil
      return
    }
    ranking = try RankingJudgement(scores: series.scores, labels: labels, threshold: threshold, window: window)
  }
}
