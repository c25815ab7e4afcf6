public import StrataNeural
public import StrataTensor

/// Predicts every channel at every step from the features of the step, and a variance where wanted.
public struct ReconstructionDecoder: Module {
  /// Squeezes the features of a step; absent for no bottleneck.
  public var bottleneck: Linear?
  /// Adds what is known about the whole window; absent without context.
  public var context: Linear?
  /// The inside of a perceptron; absent for a linear decoder.
  public var hidden: Linear?
  /// Predicts the samples.
  public var mean: Linear
  /// Predicts the logarithm of their variance, before it is bounded; absent when only means are predicted.
  public var logVariance: Linear?
  private let bounds: DecoderConfiguration.LogVariance?

  /// Creates a decoder.
  ///
  /// - Parameters:
  ///   - width: The width of the features.
  ///   - contextWidth: The width of the window's vector, for a configuration with context.
  ///   - channels: How many channels are predicted.
  ///   - configuration: Sizes and kinds.
  ///   - generator: The source of randomness; equal states give equal results.
  public init(
    _ configuration: DecoderConfiguration, width: Int, contextWidth: Int, channels: Int,
    using generator: inout Generator
  ) {
    var current = width
    if let size = configuration.bottleneck {
      bottleneck = Linear(inputs: current, outputs: size, using: &generator)
      current = size
    }
    if configuration.context != .none {
      context = Linear(inputs: contextWidth, outputs: current, using: &generator)
    }
    if let size = configuration.hidden {
      hidden = Linear(inputs: current, outputs: size, using: &generator)
      current = size
    }
    mean = Linear(inputs: current, outputs: channels, using: &generator)
    bounds = configuration.logVariance
    if bounds != nil { logVariance = Linear(inputs: current, outputs: channels, using: &generator) }
  }

  /// Reconstructs a batch.
  ///
  /// - Parameters:
  ///   - features: Shape `[batch, time, width]`.
  ///   - window: What is known about the whole window, of shape `[batch, contextWidth]`.
  /// - Returns: Means and logarithms of the variance, each of shape `[batch, time, channel]`.
  public func callAsFunction(_ features: Tensor, window: Tensor?) -> (mean: Tensor, logVariance: Tensor?) {
    var h = bottleneck.map { $0(features) } ?? features
    if let context, let window {
      let known = context(window)
      h = h + known.reshaped([known.shape[0], 1, known.shape[1]])
    }
    if let hidden { h = gelu(hidden(h)) }
    return (mean(h), logVariance.map { bounded($0(h)) })
  }

  /// Keeps a logarithm of the variance inside its bounds; around their middle it is the identity.
  private func bounded(_ x: Tensor) -> Tensor {
    guard let bounds else { return x }
    let middle = (bounds.minimum + bounds.maximum) / 2
    let reach = (bounds.maximum - bounds.minimum) / 2
    return tanh(x * (1 / reach)) * reach + middle
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try bottleneck?.forEachParameter(in: "bottleneck", visit)
    try context?.forEachParameter(in: "context", visit)
    try hidden?.forEachParameter(in: "hidden", visit)
    try mean.forEachParameter(in: "mean", visit)
    try logVariance?.forEachParameter(in: "logVariance", visit)
  }
}
