/// What one serving job computes and sends: replicas of a mixture of experts that answer requests by continuous batching.
public struct ServingWorkload: Codable, Hashable, Sendable {
  /// Devices of one replica, among which experts and requests are divided.
  public var devicesPerReplica = 16
  /// Mixture-of-experts layers.
  public var layers = 32
  /// Experts per layer.
  public var experts = 64
  /// Experts per token.
  public var expertsPerToken = 4
  /// Bytes of one token's activations on the network.
  public var bytesPerToken = 4096.0

  // MARK: Requests

  /// Requests per second and replica, averaged over a day.
  public var requestRate = 20.0
  /// How far the rate swings around that in a day, relative.
  public var dailySwing = 0.3
  /// The median number of tokens of a prompt, and the deviation of its logarithm.
  public var promptTokens = 900.0
  public var promptSpread = 0.9
  /// The median number of tokens of an answer, and the deviation of its logarithm.
  public var outputTokens = 250.0
  public var outputSpread = 0.7

  // MARK: Work

  /// Seconds of an iteration that depend on nothing: weights are read once.
  public var iterationSeconds = 0.018
  /// Seconds per sequence in the batch.
  public var sequenceSeconds = 2.5e-5
  /// Seconds per token of a prompt.
  public var promptSeconds = 6e-6
  /// Tokens of prompts that one iteration takes at most.
  public var promptChunk = 4096.0
  /// Sequences in a batch at most.
  public var largestBatch = 512
  /// Tokens for which a replica has cache.
  public var cacheTokens = 2_000_000.0
  /// The part of the exchange between experts that hides under work.
  public var overlap = 0.5
  /// The deviation of one device's work in a second, relative.
  public var computeNoise = 0.02
  /// What keeps the experts balanced.
  public var router = RouterSettings()
  /// Seconds without progress after which a replica is restarted, and until it answers again.
  public var watchdog = 60.0
  public var restart = 120.0
  /// Device memory in use by weights and cache, in MiB.
  public var memoryInUse = 70_000.0

  /// The default workload.
  public init() {}
}
