import StrataNeural
import StrataTelemetry
import StrataTensor

/// How embeddings of the same window are brought together.
public struct ContrastConfiguration: Hashable, Sendable {
  /// Which embeddings are compared.
  public enum Pairs: String, CaseIterable, Encodable, Sendable {
    /// Every pair of layers, and every layer with the joint embedding.
    case all
    /// Every layer with the joint embedding.
    case joint
    /// Every pair of layers.
    case layers
  }

  /// The loss of one pair.
  public enum Loss: Hashable, Sendable {
    /// Symmetric InfoNCE of unit embeddings.
    case infoNCE(InfoNCEConfiguration)
    /// VICReg of the embeddings before they are made unit vectors.
    case vicReg(VICRegConfiguration)
    /// Barlow Twins of the embeddings before they are made unit vectors.
    case barlowTwins(BarlowTwinsConfiguration)
    /// A kind that was added with ``ContrastConfiguration/register(_:)``.
    case registered(RegisteredContrast)
  }

  /// How much the part counts in the total loss.
  public var weight: Float
  /// Which embeddings are compared.
  public var pairs: Pairs
  /// How a pair is judged.
  public var loss: Loss

  /// A contrast of the given pairs.
  public init(weight: Float = 1, pairs: Pairs = .all, loss: Loss) {
    (self.weight, self.pairs, self.loss) = (weight, pairs, loss)
  }

  enum Kind: String, CaseIterable { case infoNCE, vicReg, barlowTwins }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let kind = try node.choice("kind", among: Self.registry.names)
    weight = try node.float("weight", in: .positive)
    pairs = try node.choice("pairs")
    loss =
      switch Kind(rawValue: kind) {
      case .infoNCE: .infoNCE(try InfoNCEConfiguration(node))
      case .vicReg: .vicReg(try VICRegConfiguration(node))
      case .barlowTwins: .barlowTwins(try BarlowTwinsConfiguration(node))
      case nil: .registered(RegisteredContrast(try Self.registry[kind]!.init(node)))
      }
  }

  /// What the model learns of the contrast; `nil` when that is nothing.
  func makeContrast(latent: Int, using generator: inout Generator) -> (any PairContrast)? {
    switch loss {
    case .infoNCE(let settings): settings.learned ? InfoNCE(temperature: settings.temperature) : nil
    case .vicReg, .barlowTwins: nil
    case .registered(let contrast): contrast.settings.makeContrast(latent: latent, using: &generator)
    }
  }
}

/// Settings of InfoNCE.
public struct InfoNCEConfiguration: Hashable, Encodable, Sendable {
  /// What similarities are divided by; where it starts when it is learned.
  public var temperature: Float
  /// Whether the temperature is a parameter of the model.
  public var learned: Bool

  /// InfoNCE at a temperature.
  public init(temperature: Float = 0.1, learned: Bool = false) {
    (self.temperature, self.learned) = (temperature, learned)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    temperature = try node.float("temperature", in: 0.01...100)
    learned = try node.bool("learned")
  }
}

/// Weights of the three terms of VICReg.
public struct VICRegConfiguration: Hashable, Encodable, Sendable {
  /// Weight of the distance between the two views.
  public var invariance: Float
  /// Weight of the hinge that keeps every element varying.
  public var variance: Float
  /// Weight of the covariances between elements.
  public var covariance: Float

  /// The weights of the paper.
  public init(invariance: Float = 25, variance: Float = 25, covariance: Float = 1) {
    (self.invariance, self.variance, self.covariance) = (invariance, variance, covariance)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    invariance = try node.float("invariance", in: 0...)
    variance = try node.float("variance", in: 0...)
    covariance = try node.float("covariance", in: 0...)
  }
}

/// The weight of the off-diagonal term of Barlow Twins.
public struct BarlowTwinsConfiguration: Hashable, Encodable, Sendable {
  /// Weight of the correlations between different elements.
  public var redundancy: Float

  /// The weight of the paper.
  public init(redundancy: Float = 0.005) { self.redundancy = redundancy }

  init(_ node: ConfigurationNode) throws(ConfigurationError) { redundancy = try node.float("redundancy", in: 0...) }
}

extension ContrastConfiguration: Encodable {
  private enum CodingKeys: String, CodingKey { case weight, pairs }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(weight, forKey: .weight)
    try container.encode(pairs, forKey: .pairs)
    switch loss {
    case .infoNCE(let settings): try encodeKind(Kind.infoNCE.rawValue, with: settings, to: encoder)
    case .vicReg(let settings): try encodeKind(Kind.vicReg.rawValue, with: settings, to: encoder)
    case .barlowTwins(let settings): try encodeKind(Kind.barlowTwins.rawValue, with: settings, to: encoder)
    case .registered(let contrast): try contrast.encode(to: encoder)
    }
  }
}
