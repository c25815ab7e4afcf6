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
    self.leftOut = leftOut
    var generator = Generator(seed: 1)
    let interval = sources[0].interval
    self.entities = Self.measures(of: entities, interval: interval, using: &generator)
    self.runs = Self.measures(of: judged, interval: interval, budget: scored.policy.budget, using: &generator)
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

  private static func measures(
    of judged: [EntityJudgement], interval: Double, using generator: inout Generator
  ) -> [Measure] {
    let ranked = judged.compactMap(\.ranking)
    let areas = areaMeasures(ranked, called: "entities", using: &generator)
    let cases = judged.flatMap(\.culpritCases)
    let delays = judged.flatMap { $0.detection.delays.compactMap { $0 } }.map { Double($0) * interval }
    return areas
      + [
        Measure("event F1 at the budget", over: judged.map(\.detection), called: "entities", using: &generator) {
          parts in
          parts.dropFirst().reduce(parts[0], +).f1
        },
        Measure(
          "false alarms per 1000 entity-days", over: judged.map(\.detection), called: "entities", using: &generator
        ) {
          parts in
          parts.dropFirst().reduce(parts[0], +).falseAlarmsPerThousandNodeDays(secondsPerSample: interval)
        },
        Measure(
          "affiliation precision", meanOf: ranked.compactMap(\.affiliation.precision), called: "entities",
          using: &generator),
        Measure("affiliation recall", meanOf: ranked.map(\.affiliation.recall), called: "entities", using: &generator),
        Measure(
          "faults found", meanOf: judged.flatMap { $0.detection.delays.map { $0 == nil ? 0 : 1 } }, called: "faults",
          using: &generator),
        Measure("median delay in seconds", medianOf: delays, called: "faults", using: &generator),
      ].compactMap { $0 } + culpritMeasures(cases, of: "channels", using: &generator)
  }

  private static func measures(
    of judged: [RunJudgement], interval: Double, budget: Double, using generator: inout Generator
  ) -> [Measure] {
    let areas = areaMeasures(judged.map(\.ranking), called: "runs", using: &generator)
    let faults = judged.flatMap(\.faults)
    let ranks = faults.compactMap(\.culpritRank).map(Double.init)
    let cases = judged.flatMap {
      zip($0.culpritCases.scores, $0.culpritCases.culprits).map { (scores: $0, culprits: $1) }
    }
    return areas
      + [
        Measure("event F1 at the budget", over: judged.map(\.detection), called: "runs", using: &generator) { parts in
          parts.dropFirst().reduce(parts[0], +).f1
        },
        Measure("false alarms", over: judged.map(\.detection), called: "runs", using: &generator) { parts in
          Double(parts.reduce(0) { $0 + $1.falseAlarms })
        },
        Measure(
          "false alarms per 1000 host-days (budget \(NumberText.short(budget)))", over: judged, called: "runs",
          using: &generator
        ) { parts in
          let days = parts.reduce(0) { $0 + $1.nodeDays }
          return Double(parts.reduce(0) { $0 + $1.detection.falseAlarms }) * 1000 / max(days, .leastNonzeroMagnitude)
        },
        Measure("faults found", meanOf: faults.map { $0.delay == nil ? 0 : 1 }, called: "faults", using: &generator),
        Measure(
          "median delay in seconds", medianOf: faults.compactMap(\.delay).map { Double($0) * interval },
          called: "faults",
          using: &generator),
        Measure("median rank of the culprit, interval given", medianOf: ranks, called: "faults", using: &generator),
      ].compactMap { $0 } + culpritMeasures(cases, of: "channels of all entities", using: &generator)
  }

  private static func areaMeasures(
    _ ranked: [RankingJudgement], called kind: String, using generator: inout Generator
  ) -> [Measure] {
    [
      Measure("VUS-PR", meanOf: ranked.map(\.volume.pr), called: kind, using: &generator),
      Measure("VUS-ROC", meanOf: ranked.map(\.volume.roc), called: kind, using: &generator),
      Measure("AUC-PR", meanOf: ranked.map(\.averagePrecision), called: kind, using: &generator),
      Measure("ROC-AUC", meanOf: ranked.map(\.areaUnderROC), called: kind, using: &generator),
    ].compactMap { $0 }
  }

  private static func culpritMeasures(
    _ cases: [(scores: [Float], culprits: [Bool])], of candidates: String, using generator: inout Generator
  ) -> [Measure] {
    // Cases have culprits and finite contributions, so that both measures are defined.
    let hits = cases.compactMap { try? hitRate(scores: [$0.scores], culprits: [$0.culprits]) }
    let gains = cases.compactMap { try? ndcg(scores: [$0.scores], culprits: [$0.culprits]) }
    return [
      Measure("HitRate@100 % of \(candidates)", meanOf: hits, called: "faults", using: &generator),
      Measure("NDCG@100 % of \(candidates)", meanOf: gains, called: "faults", using: &generator),
    ].compactMap { $0 }
  }
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
