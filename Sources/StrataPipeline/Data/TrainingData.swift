public import StrataDiagnosis
public import StrataModel
public import StrataTelemetry
import StrataTensor
public import StrataTraining

/// What a joint model is trained on: windows, the scale they were standardised with, and the settings.
public struct TrainingData: Sendable {
  /// What decides everything.
  public let configuration: PipelineConfiguration
  /// How samples become numbers; fixes the layers and channels of the model.
  public let scale: RobustScale
  /// The objective over the windows.
  public let task: JointTrainingTask
  /// What the model will be made with.
  public let provenance: Provenance

  /// Windows of runs that are in memory, divided as the configuration says.
  ///
  /// - Parameters:
  ///   - runs: The runs, in order.
  ///   - configuration: What decides everything.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `WindowError` when nothing is left to learn from, a name in the split is that of nothing, or a covariate
  ///   is no channel.
  public init(_ runs: [Run], configuration: PipelineConfiguration, threads: Int) throws(WindowError) {
    try self.init(
      PreparedTelemetry(runs, configuration: configuration, threads: threads),
      provenance: Provenance(configuration, runs: runs))
  }

  /// Windows of runs that were divided before.
  ///
  /// - Parameters:
  ///   - prepared: The runs, divided and with a scale.
  ///   - provenance: What the model will be made with.
  /// - Throws: `WindowError` when no run is as long as a window.
  public init(_ prepared: PreparedTelemetry, provenance: Provenance) throws(WindowError) {
    (configuration, scale, self.provenance) = (prepared.configuration, prepared.scale, provenance)
    task = try prepared.trainingTask()
  }

  /// Windows of the training runs of a corpus, read from disk when they are needed, whatever the size of the corpus. What
  /// is meant for test is not opened.
  ///
  /// - Parameters:
  ///   - corpus: The corpus.
  ///   - configuration: What decides everything; its split is by corpus.
  ///   - threads: How many threads work; the result does not depend on it.
  /// - Throws: `RunStoreError` for a store that is missing or damaged, `WindowError` as for runs in memory.
  /// - Precondition: The configuration splits by corpus.
  public init(_ corpus: Corpus, configuration: PipelineConfiguration, threads: Int) throws {
    require(configuration.split == .corpus, "TrainingData: a corpus with the split \(configuration.split)")
    let splits = try StoredSplits(corpus)
    self.configuration = configuration
    scale = try splits.scale(options: configuration.scale, threads: threads)
    try scale.requireCovariates()
    task = JointTrainingTask(
      windows: try splits.trainingWindows(scale: scale, specification: configuration.window),
      validation: try splits.validationWindows(scale: scale, specification: configuration.window),
      objective: JointObjective(configuration.model.objective))
    provenance = Provenance(
      settings: configuration.canonicalText, seed: configuration.training.seed,
      dataHash: Provenance.hash(of: corpus.entries.map { ($0.name, $0.contentHash) }))
  }

  /// The model before training, for the channels of the scale.
  ///
  /// - Parameter seed: Decides the parameters.
  public func initialModel(seed: UInt64) -> JointModel {
    configuration.initialModel(for: scale, seed: seed)
  }
}

extension PipelineConfiguration {
  /// The model before training, for the channels of a scale.
  func initialModel(for scale: RobustScale, seed: UInt64) -> JointModel {
    var generator = Generator(seed: seed)
    return JointModel(model, channels: scale.channelCounts, using: &generator)
  }
}

extension Provenance {
  /// Describes a result that this process makes by a configuration.
  ///
  /// - Parameters:
  ///   - configuration: What decides everything.
  ///   - runs: What the result is made of.
  /// - Complexity: Reads every sample of the runs once.
  public init(_ configuration: PipelineConfiguration, runs: [Run]) {
    self.init(settings: configuration.canonicalText, seed: configuration.training.seed, runs: runs)
  }
}
