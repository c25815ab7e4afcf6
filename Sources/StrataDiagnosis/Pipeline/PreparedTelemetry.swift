public import StrataTelemetry

/// Runs divided into training, validation and test time, with the scale fitted to the first.
public struct PreparedTelemetry: Sendable {
  /// What may be learned from, tuned on and judged on.
  public let splits: DataSplits
  /// How samples become comparable numbers, from training time only.
  public let scale: RobustScale
  /// What decides everything else.
  public let configuration: PipelineConfiguration
  let threads: Int

  /// Divides the runs by time and fits the scale to training time. Ranks of jobs see what concerns their host and job.
  ///
  /// - Throws: `WindowError` when a run is too short, or a covariate is no channel.
  public init(_ runs: [Run], configuration: PipelineConfiguration, threads: Int) throws(WindowError) {
    let splits = try DataSplits.byTime(
      runs.map { $0.gatheredAtRanks() }, embargo: configuration.embargo,
      validationFraction: configuration.validationFraction)
    let scale = RobustScale(fitting: splits.training, options: configuration.scale, threads: threads)
    for covariate in scale.options.covariates where !scale.channelNames.contains(covariate) {
      throw WindowError(
        "the covariate '\(covariate)' is no channel of the runs"
          + Suggestion.clause(for: covariate, among: scale.channelNames))
    }
    self.init(splits: splits, scale: scale, configuration: configuration, threads: threads)
  }

  /// Divides the runs by time, to be seen through the scale that a model was trained with.
  public init(
    _ runs: [Run], scale: RobustScale, configuration: PipelineConfiguration, threads: Int
  ) throws(WindowError) {
    let splits = try DataSplits.byTime(
      runs.map { $0.gatheredAtRanks() }, embargo: configuration.embargo,
      validationFraction: configuration.validationFraction)
    self.init(splits: splits, scale: scale, configuration: configuration, threads: threads)
  }

  private init(splits: DataSplits, scale: RobustScale, configuration: PipelineConfiguration, threads: Int) {
    (self.splits, self.scale, self.configuration, self.threads) = (splits, scale, configuration, threads)
  }

  /// The windows a model is trained on, at the configured stride.
  public func trainingWindows() throws(WindowError) -> WindowSource {
    try WindowSet(splits.training, scale: scale, specification: configuration.window, threads: threads)
  }

  /// The windows the loss is measured on while training.
  public func validationWindows() throws(WindowError) -> WindowSet<ValidationSplit> {
    try WindowSet(splits.validation, scale: scale, specification: configuration.window, threads: threads)
  }

  /// Windows of a split that overlap by half, so that every sample after the first half window is scored with at least
  /// half a window of past.
  public func scoringWindows<Split>(_ split: Split) throws(WindowError) -> WindowSet<Split> {
    var specification = configuration.window
    specification.stride = max(specification.length / 2, 1)
    return try WindowSet(split, scale: scale, specification: specification, threads: threads)
  }

  /// The same time as the baselines see it: samples in their own proportions, nothing squashed, and a channel that never
  /// moved in training in its own unit.
  public func forBaselines() throws(WindowError) -> PreparedTelemetry {
    let options = RobustScale.Options(
      bound: 1e9, logarithmOfRates: configuration.scale.logarithmOfRates, deviationShare: 0, pooledShare: 0,
      relativeFloor: 0, absoluteFloor: 1, covariates: configuration.scale.covariates)
    return PreparedTelemetry(
      splits: splits, scale: RobustScale(fitting: splits.training, options: options, threads: threads),
      configuration: configuration, threads: threads)
  }

  /// Fits a detector to training time, and scores validation time and a split.
  public func fitAndScore<Detector: AnomalyDetector>(
    _ detector: inout Detector, _ split: some TelemetrySplit
  ) throws -> DetectorScores {
    let validation = try scoringWindows(splits.validation)
    try detector.fit(to: scoringWindows(splits.training), validation: validation, threads: threads)
    return DetectorScores(
      validation: try detector.score(validation, threads: threads),
      test: try detector.score(scoringWindows(split), threads: threads))
  }
}
