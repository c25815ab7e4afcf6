import StrataTelemetry

/// How a layer's samples are reconstructed from its features.
public struct DecoderConfiguration: Hashable, Encodable, Sendable {
  /// Which vector of the window the decoder sees at every step, besides the features of the step.
  public enum Context: String, CaseIterable, Encodable, Sendable {
    case none
    /// The layer's own embedding, and its private latent if there is one.
    case layer
    /// The joint embedding, and the layer's private latent if there is one; lets other layers fill a gap.
    case joint
  }

  /// Bounds of the logarithm of the variance.
  public struct LogVariance: Hashable, Encodable, Sendable {
    /// The smallest logarithm.
    public var minimum: Float
    /// The largest logarithm.
    public var maximum: Float

    /// Bounds; `minimum` is below `maximum`.
    public init(minimum: Float, maximum: Float) { (self.minimum, self.maximum) = (minimum, maximum) }
  }

  /// What the decoder knows about the whole window.
  public var context: Context
  /// The width inside a perceptron; absent for a linear map.
  public var hidden: Int?
  /// How many numbers per step the features are squeezed through, so that copying the input is impossible; absent for
  /// no bottleneck.
  public var bottleneck: Int?
  /// A variance per channel and step is predicted within these bounds; absent for means only.
  public var logVariance: LogVariance?

  /// A linear decoder of means, unless told otherwise.
  public init(
    context: Context = .none, hidden: Int? = nil, bottleneck: Int? = nil, logVariance: LogVariance? = nil
  ) {
    (self.context, self.hidden, self.bottleneck, self.logVariance) = (context, hidden, bottleneck, logVariance)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    context = try node.choice("context")
    hidden = try node.optionalNode("hidden")?.intValue(in: 1...65536)
    bottleneck = try node.optionalNode("bottleneck")?.intValue(in: 1...65536)
    if let bounds = try node.optionalNode("logVariance") {
      let logVariance = LogVariance(
        minimum: try bounds.float("minimum", in: -20...20), maximum: try bounds.float("maximum", in: -20...20))
      guard logVariance.minimum < logVariance.maximum else {
        throw bounds.error("'logVariance' needs 'minimum' below 'maximum'", at: "minimum")
      }
      self.logVariance = logVariance
    }
  }
}
