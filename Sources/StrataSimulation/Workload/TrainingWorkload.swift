/// What one training job computes and sends, per device and step.
///
/// Times are for a healthy device at its highest clock and for a balanced router. The defaults describe a mixture of
/// experts of a few tens of billions of parameters on H100-class hosts; see the article on constants for their sources.
public struct TrainingWorkload: Codable, Hashable, Sendable {
  // MARK: Parallelism

  /// Devices that share every tensor.
  public var tensorParallel = 1
  /// Devices that share every sequence.
  public var contextParallel = 1
  /// Positions that share one copy of the experts; divides the positions of a stage (data times context parallelism).
  public var expertParallel = 32
  /// Stages of the pipeline.
  public var pipelineParallel = 1
  /// Micro-batches per step and replica.
  public var microBatches = 1

  // MARK: The model

  /// Mixture-of-experts layers; each is passed forward and backward.
  public var layers = 16
  /// Experts per layer.
  public var experts = 64
  /// Experts per token.
  public var expertsPerToken = 4
  /// Tokens that enter a device, or the devices that share its tensors, in one step.
  public var tokensPerDevice = 32_768
  /// Bytes of one token's activations on the network.
  public var bytesPerToken = 4096.0

  // MARK: Work, in seconds per step and device

  /// Attention and dense work, forward and backward.
  public var denseSeconds = 1.5
  /// Expert work at a balanced load, forward and backward.
  public var expertSeconds = 1.5
  /// Optimiser work.
  public var optimizerSeconds = 0.08
  /// The work of the last stage, with the loss, relative to the others.
  public var lastStageWork = 1.0
  /// A further factor on the forward passes of the last stage.
  public var lastStageForwardWork = 1.0
  /// The part of the work that goes forward; the rest goes backward.
  public var forwardShare = 1.0 / 3

  // MARK: Communication

  /// Bytes of gradients that every device shares with all others of its stage.
  public var denseGradientBytes = 8e9
  /// Bytes of gradients of one device's experts, shared among the replicas.
  public var expertGradientBytes = 3e9
  /// The part of a layer's work under which its exchanges of tokens can hide.
  public var overlap = 0.1
  /// The part of an exchange that nothing hides.
  public var unhidden = 0.037
  /// Seconds to average the loss over the replicas of the last of several stages.
  public var lossAveragingSeconds = 0.005
  /// Seconds to reduce the embedding that the first and the last of several stages share; zero when they share none.
  public var embeddingSeconds = 0.0
  /// Whether the stages of the first replica wait for each other before they reduce gradients, as in a job of which one
  /// replica alone takes the time of every phase.
  public var firstReplicaBarrier = false
  /// Seconds to agree on the norm of all gradients.
  public var clipSeconds = 0.0
  /// The part of the gradient exchange that hides under the backward pass.
  public var gradientOverlap = 0.0

  // MARK: Variation

  /// The deviation of one operation's duration, relative to its mean.
  public var computeNoise = 0.02
  /// How much of one operation's deviation carries over to the next on the same device.
  public var computeNoiseCorrelation = 0.3
  /// The part of dense work that grows with the length of the sequences.
  public var attentionShare = 0.4
  /// The mean length of the sequences in a batch, in tokens.
  public var sequenceLength = 4096.0
  /// The coefficient of variation of that mean between replicas and micro-batches.
  public var sequenceVariation = 0.04
  /// The median exposed data-loading time per step, in seconds.
  public var loadingSeconds = 0.03
  /// The deviation of the logarithm of the data-loading time.
  public var loadingSpread = 0.4
  /// Seconds between garbage collections of one rank's process, on average; zero for none.
  public var collectionInterval = 0.0
  /// Seconds that a garbage collection takes, on average.
  public var collectionSeconds = 0.2

  // MARK: Router

  /// What keeps the experts balanced.
  public var router = RouterSettings()

  // MARK: Course

  /// The iteration that the job has reached when the run starts.
  public var firstIteration = 20_000
  /// Pauses while the job saves its state.
  public var checkpoints: PeriodicPause?
  /// Pauses of training while the job measures its validation loss.
  public var evaluations: PeriodicPause?
  /// Seconds without progress after which the job is ended.
  public var watchdog = 600.0
  /// Median seconds from the end of a job to its next step.
  public var restart = 300.0
  /// Device memory in use by parameters, optimiser and balanced activations, in MiB.
  public var memoryInUse = 62_000.0
  /// Further device memory per unit of relative expert load, in MiB.
  public var memoryPerLoad = 6_000.0

  /// The default workload.
  public init() {}

  /// Token-expert pairs that leave a device in one layer and step.
  package var pairsPerDevice: Double { Double(tokensPerDevice * expertsPerToken) }
  package var layersPerStage: Int { layers / pipelineParallel }
  package var expertsPerPosition: Int { experts / expertParallel }

  package func map(devices: Int) -> RankMap {
    RankMap(
      count: devices, tensor: tensorParallel, context: contextParallel, expert: expertParallel,
      pipeline: pipelineParallel)
  }
}

/// Something that interrupts training at regular times, after the step that is under way.
public struct PeriodicPause: Codable, Hashable, Sendable {
  /// Seconds from one beginning to the next.
  public var every: Double
  /// Seconds that it lasts, on average.
  public var duration: Double

  /// A pause of `duration` seconds every `every` seconds.
  public init(every: Double, duration: Double) { (self.every, self.duration) = (every, duration) }
}

/// How the router of a mixture of experts drifts and what holds it in balance.
public struct RouterSettings: Codable, Hashable, Sendable {
  /// The Dirichlet concentration per expert of the loads of one step; large is even.
  public var concentration = 300.0
  /// The deviation of the slow drift of the preferences, in logits.
  public var drift = 0.04
  /// The deviation of a token's logits around the preferences.
  public var tokenDeviation = 0.7
  /// The coefficient of the balancing loss; zero switches it off.
  public var balancingLoss = 1e-2
  /// The coefficient of the z-loss; zero switches it off.
  public var zLoss = 1e-3
  /// The step by which a bias follows an expert's load; zero switches it off.
  public var biasUpdate = 0.0
  /// Tokens that an expert takes, relative to an even load; zero for all.
  public var capacityFactor = 0.0

  /// The default router: a balancing loss and a z-loss, no bias, no capacity.
  public init() {}
}
