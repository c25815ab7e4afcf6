public import StrataDiagnosis
public import StrataModel
public import StrataTelemetry
public import StrataTraining
import StrataYAML

/// Everything that decides how telemetry becomes a detector: one value, read from one file.
///
/// ```yaml
/// window: {length: 64, stride: 8, peers: false}
/// split: {by: time, embargo: 64, validation: 0.2}   # see SplitConfiguration
/// scale: {bound: 8, logarithmOfRates: false, covariates: [application/sequence-length]}
/// model: …                  # see ModelConfiguration
/// training: …               # see TrainingConfiguration
/// alarms: {budget: 10, mergeGap: 120}
/// ```
///
/// A value does not change once it is read, so that its ``canonicalText`` stays true; overrides make another one.
public struct PipelineConfiguration: Sendable {
  /// How the model's windows are cut in training.
  public let window: WindowSpecification
  /// What is learned from, and what is held out.
  public let split: SplitConfiguration
  /// Whether the settings say how to split, or leave it to what is given: a corpus is split as its manifest says, stores
  /// in time.
  public let statesSplit: Bool
  /// How samples become comparable numbers.
  public let scale: RobustScale.Options
  /// What the model is and what it learns.
  public let model: ModelConfiguration
  /// How it is trained.
  public let training: TrainingConfiguration
  /// When scores become alarms.
  public let alarms: AlarmPolicy
  /// One line that is equal for equal settings, however they are written: what manifests hash.
  public let canonicalText: String
  /// The settings as YAML, overrides applied: what a run folder archives.
  public let text: String

  /// Reads a file that holds nothing but a pipeline.
  ///
  /// - Parameters:
  ///   - path: A YAML or JSON file.
  ///   - overrides: `outer.inner=value` settings that replace those of the file.
  /// - Throws: `ConfigurationError` with file and line.
  public init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: path, overriding: overrides)
    try self.init(root)
    try root.finish()
  }

  /// Reads the mapping of a pipeline inside a larger file; the caller finishes the document.
  ///
  /// - Throws: `ConfigurationError` with file and line for a key that is missing, of the wrong type or out of range, and
  ///   for settings that contradict each other.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let windowNode = try node.node("window")
    window = WindowSpecification(
      length: try windowNode.int("length", in: 1...65536), stride: try windowNode.int("stride", in: 1...65536),
      peers: try windowNode.bool("peers"))
    let splitNode = try node.node("split")
    split = try SplitConfiguration(splitNode, window: window.length)
    statesSplit = splitNode.has("by")
    let scaleNode = try node.node("scale")
    scale = RobustScale.Options(
      bound: try scaleNode.float("bound", in: 0.1...1000), logarithmOfRates: try scaleNode.bool("logarithmOfRates"),
      resolutionShare: scaleNode.has("resolutionShare") ? try scaleNode.float("resolutionShare", in: 0...100) : 0,
      covariates: scaleNode.has("covariates") ? try scaleNode.strings("covariates") : [])
    let modelNode = try node.node("model")
    model = try ModelConfiguration(modelNode)
    guard window.peers || !model.inputs.contains(.peers) else {
      throw modelNode.error("the inputs include peers, but 'window.peers' is false", at: "inputs")
    }
    training = try TrainingConfiguration(reading: node.node("training"))
    alarms = try AlarmPolicy(node.node("alarms"))
    (canonicalText, text) = (node.canonicalText, node.yaml)
  }
}
