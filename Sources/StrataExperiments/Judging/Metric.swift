import StrataEvaluation
import StrataTensor

/// What is measured of a detector: the one table that rows of experiments, `evaluate` and the report read.
///
/// A metric is defined by its computation over what was judged: entities one by one, or runs as a whole. Rows hold the
/// value of one judgement; evaluations draw several anew for an interval.
public enum Metric: String, CaseIterable, Sendable {
  case vusPR = "vus_pr"
  case vusROC = "vus_roc"
  case averagePrecision = "auc_pr"
  case areaUnderROC = "auc_roc"
  case affiliationPrecision = "affiliation_precision"
  case affiliationRecall = "affiliation_recall"
  case eventF1 = "event_f1"
  case foundEvents = "found_events"
  case falseAlarms = "false_alarms"
  case falseAlarmRate = "false_alarms_per_1000_node_days"
  case events
  case foundShare = "found_share"
  case medianDelay = "median_delay_seconds"
  case culpritRank = "culprit_rank"
  case hitRate = "hit_rate_100"
  case ndcg = "ndcg_100"
  case culpritEvents = "culprit_events"

  /// Which way is better.
  public enum Direction: Sendable { case higher, lower, neither }

  /// What tables call it, with its unit.
  public var title: String {
    switch self {
    case .vusPR: "VUS-PR"
    case .vusROC: "VUS-ROC"
    case .averagePrecision: "AUC-PR"
    case .areaUnderROC: "ROC-AUC"
    case .affiliationPrecision: "affiliation precision"
    case .affiliationRecall: "affiliation recall"
    case .eventF1: "event F1 at the budget"
    case .foundEvents: "events found"
    case .falseAlarms: "false alarms"
    case .falseAlarmRate: "false alarms per 1000 node-days"
    case .events: "events"
    case .foundShare: "share of faults found"
    case .medianDelay: "median delay"
    case .culpritRank: "median rank of the culprit, interval given"
    case .hitRate: "HitRate@100 %"
    case .ndcg: "NDCG@100 %"
    case .culpritEvents: "events with known channels"
    }
  }

  /// What its values are counted in; `nil` for shares and counts.
  public var unit: String? { self == .medianDelay ? "s" : nil }

  /// Which way is better.
  public var direction: Direction {
    switch self {
    case .falseAlarms, .falseAlarmRate, .medianDelay, .culpritRank: .lower
    case .events, .culpritEvents: .neither
    default: .higher
    }
  }

  /// The metrics of an entity that `runs.csv` has a column for, from left to right.
  public static let rowColumns: [Metric] = [
    .vusPR, .vusROC, .averagePrecision, .areaUnderROC, .affiliationPrecision, .affiliationRecall, .foundEvents,
    .falseAlarms, .events, .medianDelay, .hitRate, .ndcg, .culpritEvents,
  ]

  /// A value as people read it.
  public func text(_ value: Double) -> String {
    switch self {
    case .medianDelay: NumberText.duration(seconds: value)
    case .foundEvents, .falseAlarms, .events, .culpritEvents, .culpritRank, .falseAlarmRate: NumberText.short(value)
    default: NumberText.fixed(value, decimals: 3)
    }
  }

  /// How a metric comes from what was judged.
  enum Computation {
    /// Of all values of single judgements, or of their faults.
    case mean(Cases, (any Judgement) -> [Double])
    case median(Cases, (any Judgement) -> [Double])
    /// Of all judgements together; `nil` where it has no value.
    case pooled(([any Judgement]) -> Double?)
  }

  /// What values are of, and what is drawn anew for an interval.
  enum Cases { case judgements, faults }

  var computation: Computation {
    switch self {
    case .vusPR: Self.ranked(\.volume.pr)
    case .vusROC: Self.ranked(\.volume.roc)
    case .averagePrecision: Self.ranked(\.averagePrecision)
    case .areaUnderROC: Self.ranked(\.areaUnderROC)
    case .affiliationPrecision: .mean(.judgements) { [$0.ranking?.affiliation.precision].compactMap { $0 } }
    case .affiliationRecall: Self.ranked(\.affiliation.recall)
    case .eventF1: .pooled { Self.total($0).f1 }
    case .foundEvents: .pooled { Double(Self.total($0).found) }
    case .falseAlarms: .pooled { Double(Self.total($0).falseAlarms) }
    case .falseAlarmRate:
      .pooled { judged in
        let days = judged.reduce(0) { $0 + $1.nodeDays }
        return days > 0 ? 1000 * Double(Self.total(judged).falseAlarms) / days : nil
      }
    case .events: .pooled { Double(Self.total($0).eventCount) }
    case .foundShare: .mean(.faults) { $0.delays.map { $0 == nil ? 0 : 1 } }
    case .medianDelay:
      .median(.faults) { judged in judged.delays.compactMap { $0.map { Double($0) * judged.interval } } }
    case .culpritRank: .median(.faults) { $0.culpritRanks.map(Double.init) }
    // Cases have culprits and finite contributions, so that both measures are defined.
    case .hitRate:
      .mean(.faults) {
        $0.culpritCases.compactMap { try? StrataEvaluation.hitRate(scores: [$0.scores], culprits: [$0.culprits]) }
      }
    case .ndcg:
      .mean(.faults) {
        $0.culpritCases.compactMap { try? StrataEvaluation.ndcg(scores: [$0.scores], culprits: [$0.culprits]) }
      }
    case .culpritEvents: .pooled { Double($0.reduce(0) { $0 + $1.culpritCases.count }) }
    }
  }

  private static func ranked(_ value: @escaping (RankingJudgement) -> Double) -> Computation {
    .mean(.judgements) { $0.ranking.map { [value($0)] } ?? [] }
  }

  private static func total(_ judged: [any Judgement]) -> EventDetection {
    judged.dropFirst().reduce(judged[0].detection) { $0 + $1.detection }
  }

  /// The value over some judgements; `nil` where none has one.
  ///
  /// - Precondition: There is a judgement.
  func value(of judged: [any Judgement]) -> Double? {
    switch computation {
    case .mean(_, let values):
      let all = judged.flatMap(values)
      return all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
    case .median(_, let values):
      let all = judged.flatMap(values)
      return all.isEmpty ? nil : quantile(0.5, of: all)
    case .pooled(let value): return value(judged)
    }
  }
}

/// Scores and alarms of something, an entity or a run, held against what was wrong with it.
protocol Judgement: Sendable {
  /// What the alarms found.
  var detection: EventDetection { get }
  /// `nil` where there was no fault, or nothing else.
  var ranking: RankingJudgement? { get }
  /// Per fault, samples from its onset to the first alarm; `nil` when it was missed.
  var delays: [Int?] { get }
  /// Per fault with known channels, the score of every channel and whether it is a culprit.
  var culpritCases: [(scores: [Float], culprits: [Bool])] { get }
  /// Per fault whose culprit differs from its peers, the place of the culprit among all entities.
  var culpritRanks: [Int] { get }
  /// Seconds between samples.
  var interval: Double { get }
  /// Days that were judged, summed over what raises alarms of its own.
  var nodeDays: Double { get }
}
