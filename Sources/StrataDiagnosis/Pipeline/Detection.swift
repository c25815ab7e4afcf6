import StrataEvaluation
public import StrataTelemetry

/// What a trained pipeline finds in the test time of some runs.
public struct Detection: Sendable {
  /// Scores of test time, with the threshold above which they raise alarms.
  public let scores: ScoredTelemetry
  /// Scores of validation time, which the threshold and the p-values come from.
  public let validation: [ScoreSeries]
  /// Alarms merged in time and over entities, by run and time.
  public let incidents: [Incident]

  /// The alarms of all incidents, incident by incident.
  public var alarms: [Alarm] { incidents.flatMap(\.alarms) }
}

extension TrainedPipeline {
  /// Scores the test time of runs and raises alarms within a budget.
  ///
  /// What is normal for an entity is learnt from training time, and the threshold is set on validation time: the runs'
  /// own, as `prepared` divides it.
  ///
  /// - Parameters:
  ///   - prepared: Runs as ``prepare(_:threads:)`` sees them.
  ///   - policy: The budget; `nil` for that of the configuration.
  /// - Throws: `WindowError` and `DiagnosisError` where a run has too little clean time.
  public func detect(
    in prepared: PreparedTelemetry, policy: AlarmPolicy? = nil
  ) throws -> Detection {
    var detector = JointDetector(model, options: configuration.detector)
    let scored = try prepared.fitAndScore(&detector, prepared.splits.test)
    return try Detection(
      scored, runs: prepared.splits.test.runs, channels: scale.channelReferences, policy: policy ?? configuration.alarms
    )
  }
}

extension Detection {
  /// Raises alarms on scores in units that entities share.
  ///
  /// - Parameters:
  ///   - scored: Of validation and test time.
  ///   - runs: What was scored, in the order of the split.
  ///   - channels: What the columns of contributions are.
  ///   - policy: The budget.
  /// - Throws: `DiagnosisError` when validation time has too few scores, or the runs have different intervals.
  public init(
    _ scored: DetectorScores, runs: [Run], channels: [ChannelReference], policy: AlarmPolicy
  ) throws(DiagnosisError) {
    guard let interval = runs.first?.interval, runs.allSatisfy({ $0.interval == interval }) else {
      throw DiagnosisError(
        "the runs are sampled every \(Set(runs.map(\.interval)).sorted()) s; a threshold is for one interval")
    }
    let threshold = try policy.threshold(calibration: scored.validation, interval: interval)
    let calibration = try ScoreCalibration(scores: scored.validation.flatMap(\.scores))
    let alarms = policy.alarms(
      in: scored.test, channels: channels, threshold: threshold, calibration: calibration, interval: interval)
    self.init(
      scores: ScoredTelemetry(
        sources: runs.map(ScoredTelemetry.Source.init), channels: channels, series: scored.test, threshold: threshold,
        policy: policy),
      validation: scored.validation,
      incidents: Incident.merging(alarms, gap: policy.rule(interval: interval).gap).map { incident in
        var incident = incident
        let scores = scored.test.filter { $0.run == incident.run }
        let ranking = Suspect.ranking(scores, during: incident.samples, in: runs[incident.run])
        incident.suspects = ranking.prefix(Incident.suspectLimit).filter { $0.strength > 0 }
        return incident
      })
  }
}
