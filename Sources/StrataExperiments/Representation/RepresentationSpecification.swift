import StrataDiagnosis
import StrataPipeline
import StrataSimulation
public import StrataTelemetry
import StrataYAML

/// An experiment on what training adds to a representation: models with and without training, and the samples
/// themselves, on the same windows of simulated clusters.
public struct RepresentationSpecification: Sendable {
  public let title: String
  /// The preset of the simulator.
  public let preset: String
  /// One cluster and one model per seed.
  public let seeds: [UInt64]
  /// What replaces settings of the standard pipeline.
  public let overrides: [String]
  /// The seed that is run again to check the committed rows, without training, and how far values may lie apart.
  public let smoke: (seed: UInt64, tolerance: Double)
  /// The hash of the specification: equal for equal settings, whatever the layout of the file.
  public let hash: String

  /// Reads `experiment.yaml`, strictly.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(contentsOf path: String) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: path)
    title = try root.string("title")
    let node = try root.node("representation")
    preset = try node.string("preset")
    guard Scenario.presets[preset] != nil else {
      throw node.error("there is no preset '\(preset)'; known: \(Scenario.presets.keys.sorted())", at: "preset")
    }
    seeds = try node.ints("seeds", in: 0...Int.max).map { UInt64($0) }
    overrides = node.has("pipeline") ? try node.strings("pipeline") : []
    let smokeNode = try root.node("smoke")
    smoke = (UInt64(try smokeNode.int("seed", in: 0...Int.max)), try smokeNode.double("tolerance", in: 0...1))
    guard !seeds.isEmpty, Set(seeds).count == seeds.count, seeds.contains(smoke.seed) else {
      throw node.error("'seeds' needs at least one seed, each once, that of 'smoke' among them", at: "seeds")
    }
    hash = Provenance.hash(root.canonicalText)
    try root.finish()
  }

  /// The pipeline of a seed.
  func pipeline(seed: UInt64) throws(ConfigurationError) -> PipelineConfiguration {
    try PipelineConfiguration.standard(overriding: ["training.seed=\(seed)"] + overrides)
  }
}
