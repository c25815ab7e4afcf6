import StrataPipeline
import StrataTelemetry
import StrataYAML

/// A complete pipeline that tests vary through overrides.
let samplePipeline = """
  window: {length: 24, stride: 6, peers: false}
  split: {embargo: 24, validation: 0.2}
  scale: {bound: 8, logarithmOfRates: false}
  model:
    inputs: [value, mask]
    encoder: {kind: tcn, width: 16, depth: 2, kernel: 3, dropout: 0}
    embedding: {latent: 4, hidden: 8, pooling: mean}
    fusion: {kind: gated, gates: softmax}
    modalityDropout: 0
    decoder: {context: joint, bottleneck: 1}
    objective:
      hiding: {steps: 0, span: 1, channels: 0.3, cells: 0.1}
      reconstruction: {weight: 1, loss: squaredError, hidden: 1, visible: 1}
  training:
    seed: 1
    steps: 60
    batch: 32
    slice: 16
    optimizer: {kind: adamw, rate: 0.01, decay: 0.01, betas: [0.9, 0.999], epsilon: 1e-8}
    schedule: {kind: constant}
    checkpoint: {every: 500, keep: 2}
  alarms: {budget: 10, mergeGap: 120}
  """

/// The sample pipeline with some settings replaced.
func pipeline(_ overrides: String...) throws -> PipelineConfiguration { try pipeline(overriding: overrides) }

func pipeline(_ text: String = samplePipeline, overriding overrides: [String]) throws -> PipelineConfiguration {
  let root = try ConfigurationNode(parsing: text, source: "p.yaml", overriding: overrides)
  let configuration = try PipelineConfiguration(root)
  try root.finish()
  return configuration
}
