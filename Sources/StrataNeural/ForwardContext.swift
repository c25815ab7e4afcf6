public import StrataTensor

/// What a block may depend on besides its input and its parameters: the mode, the precision of products, and the source
/// of randomness.
///
/// It is passed `inout` through a model, so equal contexts and equal inputs give equal results.
public struct ForwardContext: Sendable {
  /// Whether the result is used to learn or to judge.
  public enum Mode: String, Sendable, Codable, CaseIterable {
    /// The result is used to learn: blocks may regularise.
    case training
    /// The result is used to judge: equal inputs give equal results.
    case inference
  }

  /// Blocks that regularise, such as `Dropout`, act in training only.
  public let mode: Mode
  /// Drawn from by blocks that need randomness, in the order in which they run.
  public var generator: Generator

  /// What the large products of blocks without dropout are computed in.
  public let precision: ProductPrecision

  /// Creates a context.
  public init(mode: Mode, generator: Generator, precision: ProductPrecision = .fp32) {
    (self.mode, self.generator, self.precision) = (mode, generator, precision)
  }

  /// A context in which no block draws random numbers.
  public static let inference = ForwardContext(mode: .inference, generator: Generator(seed: 0))

  /// A context for one training step.
  public static func training(seed: UInt64) -> ForwardContext {
    ForwardContext(mode: .training, generator: Generator(seed: seed))
  }
}
