import StrataTelemetry

/// How a layer's samples become features: one of the encoders and its sizes.
public enum EncoderConfiguration: Hashable, Sendable {
  case temporalConvolution(TemporalConvolutionConfiguration)
  case patchTransformer(PatchTransformerConfiguration)
  /// A kind that was added with ``register(_:)``.
  case registered(RegisteredEncoder)

  /// The width of the features.
  public var width: Int {
    switch self {
    case .temporalConvolution(let configuration): configuration.width
    case .patchTransformer(let configuration): configuration.width
    case .registered(let encoder): encoder.settings.width
    }
  }

  enum Kind: String, CaseIterable { case tcn, transformer }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let kind = try node.choice("kind", among: Self.registry.names)
    switch Kind(rawValue: kind) {
    case .tcn: self = .temporalConvolution(try TemporalConvolutionConfiguration(node))
    case .transformer: self = .patchTransformer(try PatchTransformerConfiguration(node))
    case nil: self = .registered(RegisteredEncoder(try Self.registry[kind]!.init(node)))
    }
  }
}

/// Sizes of a ``TemporalConvolutionEncoder``.
public struct TemporalConvolutionConfiguration: Hashable, Encodable, Sendable {
  /// The width of the features and of every block.
  public var width: Int
  /// How many residual blocks; block `i` has dilation `2^i`.
  public var depth: Int
  /// How many steps each convolution combines.
  public var kernel: Int
  /// The rate of dropout on what each block adds.
  public var dropout: Float

  /// An encoder of these sizes.
  public init(width: Int, depth: Int, kernel: Int = 3, dropout: Float = 0) {
    (self.width, self.depth, self.kernel, self.dropout) = (width, depth, kernel, dropout)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    width = try node.int("width", in: 1...65536)
    depth = try node.int("depth", in: 0...24)
    kernel = try node.int("kernel", in: 1...1024)
    dropout = try node.float("dropout", in: 0..<1)
  }
}

/// Sizes of a ``PatchTransformerEncoder``.
public struct PatchTransformerConfiguration: Hashable, Encodable, Sendable {
  /// How steps are told apart.
  public enum Positions: String, CaseIterable, Encodable, Sendable { case sinusoidal, rotary }

  /// The width of the features and of every block.
  public var width: Int
  /// How many transformer blocks.
  public var depth: Int
  /// How many attention heads share the width; divides it.
  public var heads: Int
  /// The width inside the feed-forward branch.
  public var hidden: Int
  /// How many steps form one token.
  public var patch: Int
  /// How steps are told apart.
  public var positions: Positions
  /// Whether a token may look only at itself and at earlier ones.
  public var causal: Bool
  /// The rate of dropout on what each block adds.
  public var dropout: Float

  /// An encoder of these sizes.
  public init(
    width: Int, depth: Int, heads: Int, hidden: Int, patch: Int = 1, positions: Positions = .sinusoidal,
    causal: Bool = false, dropout: Float = 0
  ) {
    (self.width, self.depth, self.heads, self.hidden) = (width, depth, heads, hidden)
    (self.patch, self.positions, self.causal, self.dropout) = (patch, positions, causal, dropout)
  }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    width = try node.int("width", in: 1...65536)
    depth = try node.int("depth", in: 0...1024)
    heads = try node.int("heads", in: 1...65536)
    hidden = try node.int("hidden", in: 1...1_048_576)
    patch = try node.int("patch", in: 1...65536)
    positions = try node.choice("positions")
    causal = try node.bool("causal")
    dropout = try node.float("dropout", in: 0..<1)
    try node.requireHeads(heads, divide: width, "'width'")
    if positions == .rotary, (width / heads) % 2 != 0 {
      throw node.error("rotary positions need heads of even width, found \(width / heads)", at: "heads")
    }
    if positions == .sinusoidal, width % 2 != 0 {
      throw node.error("sinusoidal positions need an even 'width', found \(width)", at: "width")
    }
  }
}

extension ConfigurationNode {
  /// Checks that attention can share a width between its heads.
  func requireHeads(_ heads: Int, divide width: Int, _ name: String) throws(ConfigurationError) {
    guard width % heads == 0 else { throw error("'heads' (\(heads)) must divide \(name) (\(width))", at: "heads") }
  }
}

extension EncoderConfiguration: Encodable {
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .temporalConvolution(let sizes): try encodeKind(Kind.tcn.rawValue, with: sizes, to: encoder)
    case .patchTransformer(let sizes): try encodeKind(Kind.transformer.rawValue, with: sizes, to: encoder)
    case .registered(let encoding): try encoding.encode(to: encoder)
    }
  }
}
