import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// What a detector finds in some runs.
public struct Detection: Sendable {
  /// The scores of every entity, with its alarms.
  public let scores: ScoredTelemetry
  /// Per run of the scores' sources, alarms merged in time and over entities.
  public let incidents: [[Incident]]
  /// What does not fit between the runs and the detector, each said once.
  public let notices: [String]

  /// Keeps the parts together.
  ///
  /// - Precondition: There is a list of incidents per source.
  public init(scores: ScoredTelemetry, incidents: [[Incident]], notices: [String] = []) {
    require(
      incidents.count == scores.sources.count,
      "Detection: incidents of \(incidents.count) runs for \(scores.sources.count) sources")
    (self.scores, self.incidents, self.notices) = (scores, incidents, notices)
  }
}

extension FittedDetector {
  /// Scores whole runs: a monitor of its own follows each from its first to its last sample.
  ///
  /// - Parameters:
  ///   - runs: Any runs of any cluster at the detector's interval.
  ///   - policy: The budget and the merging of alarms; `nil` for the detector's own.
  ///   - keepsContributions: Whether scores carry the surprise of every channel.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: ``DiagnosisError`` when a run does not fit the detector.
  public func detect(
    in runs: [Run], policy: AlarmPolicy? = nil, keepsContributions: Bool = true, threads: Int
  ) throws(DiagnosisError) -> Detection {
    var series: [ScoreSeries] = []
    var incidents: [[Incident]] = []
    var notices: [String] = []
    let policy = policy ?? self.policy
    let gap = policy.rule(interval: interval).gap
    for (index, run) in runs.enumerated() {
      var monitor = Monitor(self, policy: policy)
      let reading = try monitor.push(run, keepsContributions: keepsContributions, threads: threads)
      incidents.append(reading.incidents + monitor.finish())
      for (own, alarmed) in zip(reading.series, reading.alarmed) {
        var own = own
        own.run = index
        own.alarms = mergedIntervals(eventIntervals(in: alarmed), gap: gap)
        series.append(own)
      }
      for notice in reading.notices where !notices.contains(notice) { notices.append(notice) }
    }
    return Detection(
      scores: ScoredTelemetry(sources: runs.map(ScoredTelemetry.Source.init), series: series, policy: policy),
      incidents: incidents, notices: notices)
  }
}

extension ScoredTelemetry {
  /// Turns the scores of any method into p-values by its scores of clean time, and raises alarms within a budget.
  ///
  /// - Parameters:
  ///   - scored: Scores of clean time and of the time in question, in units that entities share.
  ///   - runs: What was scored, in the order of the split.
  ///   - policy: The budget.
  /// - Throws: `DiagnosisError` when there are no scores of clean time, or the runs have different intervals.
  public init(calibrating scored: DetectorScores, of runs: [Run], policy: AlarmPolicy) throws(DiagnosisError) {
    guard let interval = runs.first?.interval, runs.allSatisfy({ $0.interval == interval }) else {
      throw DiagnosisError(
        "the runs are sampled every \(Set(runs.map(\.interval)).sorted()) s; a threshold is for one interval")
    }
    let clean = Dictionary(grouping: scored.validation, by: \.run).sorted { $0.key < $1.key }
      .map { $0.value.map(\.scores) }
    guard clean.contains(where: { $0.contains { !$0.isEmpty } }) else {
      throw DiagnosisError("there is no score of clean time to raise alarms by")
    }
    let gap = policy.rule(interval: interval).gap
    let calibration = ScoreCalibration(clean, gap: gap)
    let entities = Set(scored.validation.map(\.entity)).count
    let nodes = Set(runs.flatMap { run in run.entities.compactMap { ClusterRoles.node(of: $0, in: run.topology) } })
      .count
    let share = nodes > 0 && entities > 0 ? min(Double(nodes) / Double(entities), 1) : 1
    let threshold = calibration.score(reachedAtRate: policy.rate(interval: interval) * share)
    func score(_ value: Float) -> Float { calibration.score(of: value, budgetShare: share) }
    self.init(
      sources: runs.map(Source.init),
      series: scored.test.map { series in
        var result = series
        result.alarms = mergedIntervals(eventIntervals(in: series.scores.map { $0 > threshold }), gap: gap)
          .map { $0.lowerBound + series.samples.lowerBound..<$0.upperBound + series.samples.lowerBound }
        result.scores = series.scores.map(score)
        result.threshold = score(threshold)
        return result
      }, policy: policy)
  }
}
