import StrataTelemetry

/// How the features of a window become one vector per layer.
public struct EmbeddingConfiguration: Hashable, Encodable, Sendable {
  /// How the steps of a window become one.
  public enum Pooling: String, CaseIterable, Encodable, Sendable {
    /// Their mean.
    case mean
    /// The newest one.
    case last
  }

  /// The width of the layers' and the joint embedding.
  public var latent: Int
  /// The width inside the perceptron from pooled features to the embedding.
  public var hidden: Int
  /// How the steps of a window become one.
  public var pooling: Pooling
  /// The width of what a layer keeps to itself: not aligned with other layers, used to reconstruct; absent for none.
  public var privateLatent: Int?

  /// An embedding of `latent` numbers.
  public init(latent: Int, hidden: Int, pooling: Pooling = .mean, privateLatent: Int? = nil) {
    (self.latent, self.hidden, self.pooling, self.privateLatent) = (latent, hidden, pooling, privateLatent)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    latent = try node.int("latent", in: 1...65536)
    hidden = try node.int("hidden", in: 1...65536)
    pooling = try node.choice("pooling")
    privateLatent = try node.optionalNode("privateLatent")?.intValue(in: 1...65536)
  }
}
