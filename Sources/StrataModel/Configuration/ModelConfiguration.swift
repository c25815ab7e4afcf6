public import StrataTelemetry

/// A view of the telemetry that a layer's encoder is given; the chosen ones are concatenated in order.
public enum InputView: String, CaseIterable, Encodable, Sendable {
  /// Standardised samples.
  case value
  /// Samples relative to the peers of the entity at the same time.
  case peers
  /// One where a sample is visible.
  case mask
  /// `log(1 + n)` of the `n` samples since the last visible one.
  case delta
}

/// Everything that decides what a model is and what it learns: one value builds a ``JointModel`` and its
/// ``JointObjective``.
///
/// It is read strictly from YAML. A section of the objective, a private latent, a bottleneck or a variance may be left
/// out, and is then absent from the model; inside a section every key must be given. Values encode as JSON with the
/// same keys, which the same reader reads.
public struct ModelConfiguration: Hashable, Encodable, Sendable {
  /// What the encoders are given, side by side in this order.
  public var inputs: [InputView]
  /// How the samples of a layer become features; every layer has an encoder of its own.
  public var encoder: EncoderConfiguration
  /// How the features of a window become a vector.
  public var embedding: EmbeddingConfiguration
  /// How the vectors of the layers become one.
  public var fusion: FusionConfiguration
  /// The probability that a layer is left out of the fusion of a window in training; one layer always stays.
  public var modalityDropout: Float
  /// How samples are reconstructed.
  public var decoder: DecoderConfiguration
  /// What is learnt.
  public var objective: ObjectiveConfiguration

  /// A configuration made in code; sizes that contradict each other stop the model that is built from it.
  public init(
    inputs: [InputView], encoder: EncoderConfiguration, embedding: EmbeddingConfiguration, fusion: FusionConfiguration,
    modalityDropout: Float, decoder: DecoderConfiguration, objective: ObjectiveConfiguration
  ) {
    (self.inputs, self.encoder, self.embedding, self.fusion) = (inputs, encoder, embedding, fusion)
    (self.modalityDropout, self.decoder, self.objective) = (modalityDropout, decoder, objective)
  }

  /// Reads the mapping of a model, the whole document or inside a larger one; the caller finishes the document.
  ///
  /// - Throws: `ConfigurationError` with file and line for a key that is unknown, missing, of the wrong type or out of
  ///   range, and for settings that contradict each other.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    inputs = try node.choices("inputs", InputView.self)
    guard !inputs.isEmpty else { throw node.error("'inputs' names no view", at: "inputs") }
    encoder = try EncoderConfiguration(node.node("encoder"))
    embedding = try EmbeddingConfiguration(node.node("embedding"))
    fusion = try FusionConfiguration(node.node("fusion"), latent: embedding.latent)
    modalityDropout = try node.float("modalityDropout", in: 0..<1)
    decoder = try DecoderConfiguration(node.node("decoder"))
    let objectiveNode = try node.node("objective")
    objective = try ObjectiveConfiguration(objectiveNode)
    if embedding.privateLatent != nil, decoder.context == .none {
      throw node.error(
        "'embedding.privateLatent' needs 'decoder.context', else nothing is learnt from it", at: "embedding")
    }
    if objective.orthogonality != nil, embedding.privateLatent == nil {
      throw objectiveNode.error("'orthogonality' needs 'embedding.privateLatent'", at: "orthogonality")
    }
    if objective.reconstruction?.loss == .gaussian, decoder.logVariance == nil {
      throw objectiveNode.error("the gaussian loss needs 'decoder.logVariance'", at: "reconstruction")
    }
  }
}
