import StrataDiagnosis
import StrataEvaluation
import StrataTelemetry
import StrataTensor

/// Judges the scores of one method on one data set.
struct DataSetEvaluation: Sendable {
  let source: DataSource
  let runs: [Run]
  let alarms: AlarmPolicy
  /// Per run, the longest window of the volumes under the surface.
  private let windows: [Int]

  init(_ source: DataSource, runs: [Run], alarms: AlarmPolicy) throws(ExperimentError) {
    (self.source, self.runs, self.alarms) = (source, runs, alarms)
    var windows: [Int] = []
    for run in runs { windows.append(try source.periodLength(of: run)) }
    self.windows = windows
  }

  /// One row per scored entity.
  ///
  /// - Parameter scores: In units that entities share (see `DetectorScores.standardised`), because they share the
  ///   threshold.
  func rows(_ scores: DetectorScores, method: String, seed: UInt64, threads: Int) throws -> [ResultRow] {
    try rows(
      ScoredTelemetry(calibrating: scores, of: runs, policy: alarms), method: method, seed: seed, threads: threads)
  }

  /// One row per scored entity, of scores with their alarms.
  func rows(_ scored: ScoredTelemetry, method: String, seed: UInt64, threads: Int) throws -> [ResultRow] {
    let rule = alarms.rule(interval: runs[0].interval)
    return try parallelMap(count: scored.series.count, threads: threads) { (index) throws -> ResultRow in
      let series = scored.series[index]
      let judgement = try EntityJudgement(series, in: runs[series.run], rule: rule, window: windows[series.run])
      var values: [Metric: Double] = [:]
      for metric in Metric.rowColumns { values[metric] = metric.value(of: [judgement]) }
      return ResultRow(data: source.name, method: method, seed: seed, entity: "\(series.entity)", values: values)
    }
  }
}

extension DataSource {
  /// The period of the configured channel over the test time of a run, as the public leaderboard sets it.
  func periodLength(of run: Run) throws(ExperimentError) -> Int {
    let parts = periodChannel.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let layer = TelemetryLayer(rawValue: parts[0]), let series = run[layer],
      let channel = series.channels.firstIndex(where: { $0.name == parts[1] })
    else {
      throw ExperimentError(
        "'\(name)': run '\(run.name)' has no channel '\(periodChannel)' (periodChannel is 'layer/name')")
    }
    let values = series.series(entity: 0, channel: channel)[(run.split?.trainingEnd ?? 0)...]
    return StrataEvaluation.periodLength(of: values.map { $0.isFinite ? $0 : 0 })
  }
}
