import StrataEvaluation
public import StrataTelemetry

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
    let nodes = Set(runs.flatMap { run in run.entities.compactMap(run.node) }).count
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
