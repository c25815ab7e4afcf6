import StrataTelemetry

/// How the embeddings of the layers become one.
public enum FusionConfiguration: Hashable, Sendable {
  case gated(GatedFusionConfiguration)
  /// The mean of the layers' embeddings; nothing is learned.
  case late
  case crossAttention(AttentionFusionConfiguration)
  case bottleneck(AttentionFusionConfiguration)
  /// A kind that was added with ``register(_:)``.
  case registered(RegisteredFusion)

  enum Kind: String, CaseIterable { case gated, late, crossAttention, bottleneck }

  init(_ node: ConfigurationNode, latent: Int) throws(ConfigurationError) {
    let kind = try node.choice("kind", among: Self.registry.names)
    switch Kind(rawValue: kind) {
    case .gated: self = .gated(try GatedFusionConfiguration(node))
    case .late: self = .late
    case .crossAttention: self = .crossAttention(try AttentionFusionConfiguration(node, latent: latent))
    case .bottleneck: self = .bottleneck(try AttentionFusionConfiguration(node, latent: latent))
    case nil: self = .registered(RegisteredFusion(try Self.registry[kind]!.init(node, latent: latent)))
    }
  }
}

/// Settings of a ``GatedFusion``.
public struct GatedFusionConfiguration: Hashable, Encodable, Sendable {
  /// How scores become weights.
  public enum Gates: String, CaseIterable, Encodable, Sendable {
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
public struct AttentionFusionConfiguration: Hashable, Encodable, Sendable {
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

extension FusionConfiguration: Encodable {
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .gated(let settings): try encodeKind(Kind.gated.rawValue, with: settings, to: encoder)
    case .late: try encodeKind(Kind.late.rawValue, to: encoder)
    case .crossAttention(let sizes): try encodeKind(Kind.crossAttention.rawValue, with: sizes, to: encoder)
    case .bottleneck(let sizes): try encodeKind(Kind.bottleneck.rawValue, with: sizes, to: encoder)
    case .registered(let fusion): try fusion.encode(to: encoder)
    }
  }
}
