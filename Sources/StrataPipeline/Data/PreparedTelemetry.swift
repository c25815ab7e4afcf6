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

  /// Divides the runs as the configuration says and fits the scale to what is for training. Ranks of jobs see what
  /// concerns their host and job.
  ///
  /// - Parameters:
  ///   - runs: The runs, in order.
  ///   - configuration: What decides everything.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `WindowError` when a run is too short, nothing is left for training, a name in the split is that of
  ///   nothing, or a covariate is no channel.
  public init(_ runs: [Run], configuration: PipelineConfiguration, threads: Int) throws(WindowError) {
    let splits = try configuration.split.divide(runs.map { $0.gatheredAtRanks() })
    let scale = RobustScale(fitting: splits.training, options: configuration.scale, threads: threads)
    try scale.requireCovariates()
    self.init(splits: splits, scale: scale, configuration: configuration, threads: threads)
  }

  /// Divides the runs as the configuration says, to be seen through the scale that a model was trained with.
  ///
  /// - Parameters:
  ///   - runs: The runs, in order.
  ///   - scale: That of the model.
  ///   - configuration: What decides everything.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `WindowError`, as without a scale.
  public init(
    _ runs: [Run], scale: RobustScale, configuration: PipelineConfiguration, threads: Int
  ) throws(WindowError) {
    let splits = try configuration.split.divide(runs.map { $0.gatheredAtRanks() })
    self.init(splits: splits, scale: scale, configuration: configuration, threads: threads)
  }

  private init(splits: DataSplits, scale: RobustScale, configuration: PipelineConfiguration, threads: Int) {
    (self.splits, self.scale, self.configuration, self.threads) = (splits, scale, configuration, threads)
  }

  /// The windows a model is trained on, at the configured stride.
  public func trainingWindows() throws(WindowError) -> WindowSource {
    try WindowSet(splits.training, scale: scale, specification: configuration.window, threads: threads)
  }

  /// The windows of test time, at the configured stride.
  public func testWindows() throws(WindowError) -> WindowSet<TestSplit> {
    try WindowSet(splits.test, scale: scale, specification: configuration.window, threads: threads)
  }

  /// The windows the loss is measured on while training; none where nothing is set aside for it.
  public func validationWindows() throws(WindowError) -> WindowSet<ValidationSplit> {
    try WindowSet(splits.validation, scale: scale, specification: configuration.window, threads: threads)
  }
}

extension RobustScale {
  /// - Throws: `WindowError` when a covariate is no channel.
  func requireCovariates() throws(WindowError) {
    for covariate in options.covariates where !channelNames.contains(covariate) {
      throw WindowError(
        "the covariate '\(covariate)' is no channel of the runs"
          + Suggestion.clause(for: covariate, among: channelNames))
    }
  }
}
