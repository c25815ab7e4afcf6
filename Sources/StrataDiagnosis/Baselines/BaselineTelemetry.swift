public import StrataTelemetry

/// Runs as the baselines see them: divided into training, validation and test time, samples in their own proportions,
/// nothing squashed, and a channel that never moved in training in its own unit.
public struct BaselineTelemetry: Sendable {
  /// What may be learned from, measured by and judged on.
  public let splits: DataSplits
  private let scale: RobustScale
  private let window: WindowSpecification
  private let threads: Int

  /// Divides the runs by time and fits the scale to training time. Ranks of jobs see what concerns their host and job.
  ///
  /// - Parameters:
  ///   - runs: The runs, in order.
  ///   - embargo: Samples left out between training, validation and test time; also how far the past reaches.
  ///   - validationFraction: The share of training time that measures scores.
  ///   - covariates: Channels, as `layer/name`, that say what the job is doing, and are not scored.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `WindowError` when a run is too short, or a covariate is no channel.
  public init(
    _ runs: [Run], embargo: Int = 64, validationFraction: Double = 0.2, covariates: [String] = [], threads: Int
  ) throws(WindowError) {
    splits = try DataSplits.byTime(
      runs.map { $0.gatheredAtRanks() }, embargo: embargo, validationFraction: validationFraction)
    scale = RobustScale(
      fitting: splits.training,
      options: RobustScale.Options(
        bound: 1e9, logarithmOfRates: false, deviationShare: 0, pooledShare: 0, relativeFloor: 0, absoluteFloor: 1,
        covariates: covariates), threads: threads)
    for covariate in covariates where !scale.channelNames.contains(covariate) {
      throw WindowError(
        "the covariate '\(covariate)' is no channel of the runs"
          + Suggestion.clause(for: covariate, among: scale.channelNames))
    }
    // Windows that overlap by half, so that every sample is seen with at least half a window of past.
    window = WindowSpecification(length: embargo, stride: max(embargo / 2, 1), peers: false)
    self.threads = threads
  }

  /// Fits a baseline to training time, and scores validation and test time.
  ///
  /// - Throws: `DiagnosisError` when an entity has no training time, `LinearAlgebraError` when a decomposition fails.
  public func scores(_ baseline: Baseline, seed: UInt64 = 1) throws -> DetectorScores {
    var detector = BaselineDetector(baseline, seed: seed)
    try detector.fit(
      to: WindowSet(splits.training, scale: scale, specification: window, threads: threads), threads: threads)
    return DetectorScores(
      validation: try detector.score(
        WindowSet(splits.validation, scale: scale, specification: window, threads: threads), threads: threads),
      test: try detector.score(
        WindowSet(splits.test, scale: scale, specification: window, threads: threads), threads: threads))
  }
}
