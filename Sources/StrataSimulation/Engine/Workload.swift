/// What one training job computes and sends, per device and step.
///
/// Times are for a healthy device at its highest clock and for a balanced router. The defaults describe a mixture of
/// experts of a few tens of billions of parameters on H100-class hosts; see the article on constants for their sources.
public struct Workload: Codable, Hashable, Sendable {
  /// Mixture-of-experts layers; each is passed forward and backward.
  public var layers = 16
  /// Experts per layer.
  public var experts = 64
  /// Devices that share one copy of the experts; divides the number of devices.
  public var expertParallel = 32
  /// Experts per token.
  public var expertsPerToken = 4
  /// Tokens that enter a device in one step.
  public var tokensPerDevice = 32_768
  /// Bytes of one token's activations on the network.
  public var bytesPerToken = 4096.0
  /// Seconds of attention and dense work per step, forward and backward.
  public var denseSeconds = 1.5
  /// Seconds of expert work per step at a balanced load.
  public var expertSeconds = 1.5
  /// Seconds of optimiser work per step.
  public var optimizerSeconds = 0.08
  /// Bytes of gradients that every device shares with all others.
  public var denseGradientBytes = 8e9
  /// Bytes of gradients of one device's experts, shared among the replicas.
  public var expertGradientBytes = 3e9
  /// The part of a layer's dense work under which an exchange of tokens can hide.
  public var overlap = 0.2
  /// The deviation of one operation's duration, relative to its mean.
  public var computeNoise = 0.02
  /// How much of one operation's deviation carries over to the next on the same device.
  public var computeNoiseCorrelation = 0.3
  /// The part of dense work that grows with the length of the sequences.
  public var attentionShare = 0.4
  /// The mean length of the sequences in a batch, in tokens.
  public var sequenceLength = 4096.0
  /// The coefficient of variation of that mean between devices and steps.
  public var sequenceVariation = 0.04
  /// The median exposed data-loading time per step, in seconds.
  public var loadingSeconds = 0.03
  /// The deviation of the logarithm of the data-loading time.
  public var loadingSpread = 0.4
  /// The Dirichlet concentration per expert of the router's loads; large is even.
  public var routerConcentration = 300.0
  /// The deviation of the slow drift of the router's preferences, in logits.
  public var routerDrift = 0.04
  /// The iteration that the job has reached when the run starts.
  public var firstIteration = 20_000

  /// The default workload.
  public init() {}

  /// Token-expert pairs that leave a device in one layer.
  var pairsPerDevice: Double { Double(tokensPerDevice * expertsPerToken) }
}
