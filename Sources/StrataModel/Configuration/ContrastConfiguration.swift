import StrataTelemetry

/// How embeddings of the same window are brought together.
public struct ContrastConfiguration: Hashable, Sendable {
  /// Which embeddings are compared.
  public enum Pairs: String, CaseIterable, Codable, Sendable {
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

  enum Kind: String, CaseIterable, Codable { case infoNCE, vicReg, barlowTwins }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let kind = try node.choice("kind", Kind.self)
    weight = try node.float("weight", in: .positive)
    pairs = try node.choice("pairs")
    loss =
      switch kind {
      case .infoNCE: .infoNCE(try InfoNCEConfiguration(node))
      case .vicReg: .vicReg(try VICRegConfiguration(node))
      case .barlowTwins: .barlowTwins(try BarlowTwinsConfiguration(node))
      }
  }

  /// The temperature that the model learns, if it does.
  var learnedTemperature: Float? {
    if case .infoNCE(let configuration) = loss, configuration.learned { configuration.temperature } else { nil }
  }
}

/// Settings of InfoNCE.
public struct InfoNCEConfiguration: Hashable, Codable, Sendable {
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
public struct VICRegConfiguration: Hashable, Codable, Sendable {
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
public struct BarlowTwinsConfiguration: Hashable, Codable, Sendable {
  /// Weight of the correlations between different elements.
  public var redundancy: Float

  /// The weight of the paper.
  public init(redundancy: Float = 0.005) { self.redundancy = redundancy }

  init(_ node: ConfigurationNode) throws(ConfigurationError) { redundancy = try node.float("redundancy", in: 0...) }
}

extension ContrastConfiguration: Codable {
  private enum CodingKeys: String, CodingKey { case weight, pairs }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    weight = try container.decode(Float.self, forKey: .weight)
    pairs = try container.decode(Pairs.self, forKey: .pairs)
    loss =
      switch try Kind(flattenedIn: decoder) {
      case .infoNCE: .infoNCE(try InfoNCEConfiguration(from: decoder))
      case .vicReg: .vicReg(try VICRegConfiguration(from: decoder))
      case .barlowTwins: .barlowTwins(try BarlowTwinsConfiguration(from: decoder))
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(weight, forKey: .weight)
    try container.encode(pairs, forKey: .pairs)
    switch loss {
    case .infoNCE(let configuration): try Kind.infoNCE.encode(with: configuration, to: encoder)
    case .vicReg(let configuration): try Kind.vicReg.encode(with: configuration, to: encoder)
    case .barlowTwins(let configuration): try Kind.barlowTwins.encode(with: configuration, to: encoder)
    }
  }
}
