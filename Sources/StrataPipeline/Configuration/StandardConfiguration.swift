public import StrataTelemetry
import StrataYAML

extension PipelineConfiguration {
  /// Reads a text that holds nothing but a pipeline; `source` stands for the file name in errors.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(
    parsing text: String, source: String, overriding overrides: [String] = []
  ) throws(ConfigurationError) {
    let root = try ConfigurationNode(parsing: text, source: source, overriding: overrides)
    try self.init(root)
    try root.finish()
  }

  /// The standard pipeline, with some of its settings replaced.
  ///
  /// - Throws: `ConfigurationError` when an override names no setting or gives it a wrong value.
  public static func standard(overriding overrides: [String] = []) throws(ConfigurationError) -> PipelineConfiguration {
    try PipelineConfiguration(parsing: standardText, source: "the standard configuration", overriding: overrides)
  }

  /// The same pipeline, split as the manifest of a corpus says.
  ///
  /// - Throws: `ConfigurationError`, never for a pipeline that was read.
  public func splitByCorpus() throws(ConfigurationError) -> PipelineConfiguration {
    split == .corpus
      ? self : try PipelineConfiguration(parsing: text, source: "configuration", overriding: ["split={by: corpus}"])
  }

  /// The standard pipeline, sized for the demonstration: minutes on two processors, or seconds.
  public static func demo(seed: UInt64, isQuick: Bool) throws(ConfigurationError) -> PipelineConfiguration {
    // What the job is doing, and the weather.
    let covariates =
      ["save-checkpoint-active", "evaluation-active", "sequence-length"].map { "application/\($0)" }
      + ["physical/ipmi_inlet_temperature_celsius"]
    var overrides = [
      "training.seed=\(seed)", "training.checkpoint.every=100000", "training.validation.every=100",
      "scale.covariates=[\(covariates.joined(separator: ","))]",
      // The faults of the demonstration last minutes and lie minutes apart.
      "alarms.mergeGap=30",
    ]
    if isQuick {
      overrides += [
        "window.length=32", "window.stride=16", "split.embargo=32", "training.epochs=2", "model.encoder.width=16",
        "model.encoder.depth=3", "training.schedule.warmup=5", "training.validation.every=10",
      ]
    }
    return try standard(overriding: overrides)
  }

  /// The standard pipeline as a commented file, to be copied and changed.
  public static let standardText = """
    # How Strata turns telemetry into a detector. Every key is required unless a comment says otherwise.

    # Windows: so many samples of one entity in all layers; a new one begins every `stride` samples.
    window:
      length: 64
      stride: 8
      peers: true                # also show the model how each entity differs from others of its role

    # Time is divided into training, validation (the last share of training time) and test. The embargo, in
    # samples, is left out in between; it must be at least the length of a window. Other ways to divide:
    # {by: run, validation: [names], test: [names]}, {by: entity, validation: [paths], test: [paths]}, and
    # {by: corpus}, which is the default for a corpus and does as its manifest says.
    split: {embargo: 64, validation: 0.2}

    # Samples become robust deviations from the entity's median in training time, squashed beyond `bound`. Covariates
    # (optional; layer/channel) say what the job is doing and nothing about its health: the model sees them, but they
    # raise no alarm. Example: covariates: [application/sequence-length]. resolutionShare (optional) says how many steps
    # of a visibly quantised sensor count as one deviation.
    scale: {bound: 3, logarithmOfRates: false, resolutionShare: 1}

    model:
      inputs: [value, peers, mask, delta]
      encoder:                   # per layer: tcn (dilated causal convolutions) or transformer (causal patches)
        kind: tcn
        width: 32
        depth: 4
        kernel: 3
        dropout: 0
      embedding: {latent: 16, hidden: 32, pooling: mean}
      fusion: {kind: gated, gates: softmax}
      modalityDropout: 0.15      # how often a layer is left out of the fusion in training
      decoder:                   # the bottleneck keeps the decoder from copying its input
        context: joint
        hidden: 32
        bottleneck: 8
        logVariance: {minimum: -4, maximum: 4}
      objective:                 # leave a part out and it is not computed
        hiding: {steps: 0.15, span: 4, channels: 0.1, cells: 0}
        reconstruction: {weight: 1, loss: gaussian, hidden: 1, visible: 0.5}
        contrast: {kind: infoNCE, weight: 0.1, pairs: all, temperature: 0.1, learned: true}

    training:
      seed: 1
      epochs: 12                 # or: steps
      batch: 64                  # windows per update, which the loss sees together
      slice: 32                  # how many of them a thread works on at a time: memory and parallelism
      optimizer: {kind: adamw, rate: 0.003, decay: 0.01, betas: [0.9, 0.98], epsilon: 1e-8}
      schedule: {kind: cosine, warmup: 50, start: 0.1, floor: 0.02}
      clip: 1                    # optional: the largest norm of a gradient
      average: 0.99              # optional: decay of the averaged model, which is the one that is kept
      checkpoint: {every: 200, keep: 2}
      validation: {every: 200}   # optional: how often the loss is measured on validation time

    # Alarms: so many false ones per 1000 days of one host; gaps up to `mergeGap` seconds do not end an alarm.
    alarms: {budget: 10, mergeGap: 120}

    """
}
