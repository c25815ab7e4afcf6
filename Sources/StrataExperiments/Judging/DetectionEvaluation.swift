public import StrataDiagnosis
import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// How well scores agree with the labels of their runs, in two ways of counting.
public struct DetectionEvaluation: Sendable {
  /// Each entity by itself: its scores against its own labels. Entities that suffer from another's fault count as
  /// healthy.
  public let entities: [Measure]
  /// Each run as a whole: the highest score of any entity against the time of all faults.
  public let runs: [Measure]
  /// How many false alarms were allowed, per 1000 node-days.
  public let budget: Double
  /// Runs that are no case of a measure of whole runs: a fault lasts throughout, or there is none.
  public let leftOut: [String]

  /// The runs' own training time is left out.
  ///
  /// - Parameters:
  ///   - scored: Scores with their alarms.
  ///   - runs: The runs that were scored, with labels; others are ignored.
  ///   - window: The longest window of the volumes under the surface, in samples; `nil` for the period of each run's
  ///     first channel, by convention.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `DiagnosisError` when a run is not among `runs`, `EvaluationError` when no run has a fault.
  public init(_ scored: ScoredTelemetry, runs: [Run], window: Int? = nil, threads: Int) throws {
    let sources = try scored.sources.map { source in
      guard let run = runs.first(where: { $0.name == source.name }) else {
        throw DiagnosisError("the scores are of run '\(source.name)', which is not among the stores")
      }
      return run
    }
    let windows = sources.map { window ?? $0.conventionalWindow }
    let scored = scored.afterTraining(of: sources)
    let entities = try parallelMap(count: scored.series.count, threads: threads) { (index) throws(EvaluationError) in
      let series = scored.series[index]
      let run = sources[series.run]
      return try EntityJudgement(
        series, in: run, rule: scored.policy.rule(interval: run.interval), window: windows[series.run])
    }
    var judged: [RunJudgement] = []
    var leftOut: [String] = []
    for position in sources.indices {
      let judgement = try Self.judgement(of: scored, at: position, sources[position], window: windows[position])
      if let judgement { judged.append(judgement) } else { leftOut.append(sources[position].name) }
    }
    guard !judged.isEmpty || entities.contains(where: { $0.ranking != nil }) else { throw EvaluationError.noPositives }
    (self.leftOut, budget) = (leftOut, scored.policy.budget)
    var generator = Generator(seed: 1)
    self.entities = Self.entityMetrics.compactMap {
      Measure($0, of: entities, called: "entities", using: &generator)
    }
    let whole = judged.map(RunJudgement.Whole.init)
    self.runs = Self.runMetrics.compactMap { Measure($0, of: whole, called: "runs", using: &generator) }
  }

  /// `nil` where the run has no fault in the scored time, or nothing else.
  private static func judgement(
    of scored: ScoredTelemetry, at position: Int, _ run: Run, window: Int
  ) throws -> RunJudgement? {
    do { return try RunJudgement(scored, at: position, of: run, window: window) } catch {
      guard error == .noPositives || error == .noNegatives || error == .empty else { throw error }
      return nil
    }
  }

  /// What is measured of entities one by one, and of runs as a whole, in the order in which it is shown.
  private static let entityMetrics: [Metric] = [
    .vusPR, .vusROC, .averagePrecision, .areaUnderROC, .eventF1, .affiliationPrecision, .affiliationRecall,
    .foundShare, .medianDelay, .hitRate, .ndcg,
  ]
  private static let runMetrics: [Metric] = [
    .vusPR, .vusROC, .averagePrecision, .areaUnderROC, .eventF1, .falseAlarms, .falseAlarmRate, .foundShare,
    .medianDelay, .culpritRank, .hitRate, .ndcg,
  ]
}

extension Run {
  /// The longest window of volumes under the surface, as the public leaderboard chooses it: the period of the first
  /// channel, over test time.
  var conventionalWindow: Int {
    guard let series = layers.first(where: { !$0.entities.isEmpty && !$0.channels.isEmpty }) else {
      return periodLength(of: [Float]())
    }
    let values = series.series(entity: 0, channel: 0)[min(split?.trainingEnd ?? 0, sampleCount)...]
    return periodLength(of: values.map { $0.isFinite ? $0 : 0 })
  }
}
