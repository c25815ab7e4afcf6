public import StrataModel
public import StrataTelemetry
import StrataTensor
public import StrataTraining
import StrataYAML

/// Two hosts in two layers: sine waves with noise, and some samples missing.
public func toyRun(seed: UInt64, sampleCount: Int = 300) -> Run {
  var generator = Generator(seed: seed)
  let hosts = [EntityPath(["host0"]), EntityPath(["host1"])]
  func series(_ layer: TelemetryLayer, channels: Int) -> LayerSeries {
    let noise = generator.normalArray([sampleCount, hosts.count, channels], mean: 0, deviation: 0.2).elements
    let values = noise.indices.map { index -> Float in
      let (time, channel) = (index / (hosts.count * channels), index % channels)
      let isMissing = generator.next() % 50 == 0
      return isMissing ? .nan : noise[index] + Float(time * (channel + 1) % 40) / 40
    }
    return LayerSeries(
      layer: layer, entities: hosts, channels: (0..<channels).map { Channel(name: "c\($0)") },
      values: NDArray([sampleCount, hosts.count, channels], values))
  }
  return Run(
    name: "toy", start: 0, interval: 1, sampleCount: sampleCount,
    layers: [series(.physical, channels: 3), series(.compute, channels: 2)])
}

/// What `toyTask` trains: a small model with every source of randomness, for 20 steps.
public let toyConfiguration = """
  model:
    inputs: [value, mask, delta]
    encoder: {kind: tcn, width: 8, depth: 2, kernel: 3, dropout: 0.1}
    embedding: {latent: 8, hidden: 8, pooling: mean}
    fusion: {kind: gated, gates: softmax}
    modalityDropout: 0.1
    decoder: {context: none}
    objective:
      hiding: {steps: 0.2, span: 3, channels: 0.1, cells: 0.05}
      reconstruction: {weight: 1, loss: squaredError, hidden: 1, visible: 0.1}
      contrast: {kind: infoNCE, weight: 0.5, pairs: all, temperature: 0.1, learned: true}
  training:
    seed: 5
    steps: 20
    batch: 16
    slice: 4
    optimizer: {kind: adamw, rate: 0.003, decay: 0.01, betas: [0.9, 0.999], epsilon: 1e-8}
    schedule: {kind: cosine, warmup: 4, start: 0.1, floor: 0.1}
    clip: 1
    average: 0.9
    checkpoint: {every: 3, keep: 2}
    validation: {every: 6}
  """

/// The task, the model before its first update, and the configuration of a training on `run`.
public func toyTraining(
  on run: Run, overriding overrides: [String] = []
) throws -> (task: JointTrainingTask, model: JointModel, training: TrainingConfiguration, text: String) {
  let root = try ConfigurationNode(parsing: toyConfiguration, source: "toy.yaml", overriding: overrides)
  let configuration = try ModelConfiguration(root.node("model"))
  let training = try TrainingConfiguration(reading: root.node("training"))
  try root.finish()

  let splits = try DataSplits.byTime([run], embargo: 16, trainingFraction: 1)
  let scale = RobustScale(fitting: splits.training)
  let specification = WindowSpecification(length: 16, stride: 4)
  let task = JointTrainingTask(
    windows: try WindowSource(splits.training, scale: scale, specification: specification),
    validation: try WindowSet(splits.validation, scale: scale, specification: specification),
    objective: JointObjective(configuration.objective))
  var generator = Generator(seed: 11)
  let model = JointModel(configuration, channels: scale.channelCounts, using: &generator)
  return (task, model, training, root.canonicalText)
}
