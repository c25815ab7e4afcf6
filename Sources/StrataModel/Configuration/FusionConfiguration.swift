import StrataTelemetry

/// How the embeddings of the layers become one.
public enum FusionConfiguration: Hashable, Sendable {
  case gated(GatedFusionConfiguration)
  /// The mean of the layers' embeddings; nothing is learned.
  case late
  case crossAttention(AttentionFusionConfiguration)
  case bottleneck(AttentionFusionConfiguration)

  enum Kind: String, CaseIterable, Codable { case gated, late, crossAttention, bottleneck }

  init(_ node: ConfigurationNode, latent: Int) throws(ConfigurationError) {
    switch try node.choice("kind", Kind.self) {
    case .gated: self = .gated(try GatedFusionConfiguration(node))
    case .late: self = .late
    case .crossAttention: self = .crossAttention(try AttentionFusionConfiguration(node, latent: latent))
    case .bottleneck: self = .bottleneck(try AttentionFusionConfiguration(node, latent: latent))
    }
  }
}

/// Settings of a ``GatedFusion``.
public struct GatedFusionConfiguration: Hashable, Codable, Sendable {
  /// How scores become weights.
  public enum Gates: String, CaseIterable, Codable, Sendable {
    /// Layers compete.
    case softmax
    /// Each layer is judged alone; the weights are then normalised.
    case sigmoid
  }

  /// How scores become weights.
  public var gates: Gates

  /// Gates of one kind.
  public init(gates: Gates = .softmax) { self.gates = gates }

  init(_ node: ConfigurationNode) throws(ConfigurationError) { gates = try node.choice("gates") }
}

/// Sizes of the attention in a ``CrossAttentionFusion`` or a ``BottleneckFusion``; its width is the latent's.
public struct AttentionFusionConfiguration: Hashable, Codable, Sendable {
  /// How many attention heads share the latent; divides it.
  public var heads: Int
  /// The width inside the feed-forward branch.
  public var hidden: Int
  /// The rate of dropout on what each branch adds.
  public var dropout: Float

  /// Attention of these sizes.
  public init(heads: Int, hidden: Int, dropout: Float = 0) {
    (self.heads, self.hidden, self.dropout) = (heads, hidden, dropout)
  }

  init(_ node: ConfigurationNode, latent: Int) throws(ConfigurationError) {
    heads = try node.int("heads", in: 1...65536)
    hidden = try node.int("hidden", in: 1...1_048_576)
    dropout = try node.float("dropout", in: 0..<1)
    try node.requireHeads(heads, divide: latent, "'embedding.latent'")
  }
}

extension FusionConfiguration: Codable {
  public init(from decoder: any Decoder) throws {
    switch try Kind(flattenedIn: decoder) {
    case .gated: self = .gated(try GatedFusionConfiguration(from: decoder))
    case .late: self = .late
    case .crossAttention: self = .crossAttention(try AttentionFusionConfiguration(from: decoder))
    case .bottleneck: self = .bottleneck(try AttentionFusionConfiguration(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .gated(let configuration): try Kind.gated.encode(with: configuration, to: encoder)
    case .late: try Kind.late.encodeKind(to: encoder)
    case .crossAttention(let configuration): try Kind.crossAttention.encode(with: configuration, to: encoder)
    case .bottleneck(let configuration): try Kind.bottleneck.encode(with: configuration, to: encoder)
    }
  }
}
