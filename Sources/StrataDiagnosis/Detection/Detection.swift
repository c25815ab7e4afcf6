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
    let own = max(threads / max(runs.count, 1), 1)
    let readings = parallelMap(count: runs.count, threads: threads) { index in
      Result { () throws(DiagnosisError) in
        var monitor = Monitor(self, policy: policy)
        let reading = try monitor.push(runs[index], keepsContributions: keepsContributions, threads: own)
        return (reading, reading.incidents + monitor.finish())
      }
    }
    for (index, result) in readings.enumerated() {
      let (reading, found) = try result.get()
      incidents.append(found)
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
