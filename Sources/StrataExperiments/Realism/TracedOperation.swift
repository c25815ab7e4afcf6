/// One operation of a rank in a step of training, as a trace or the simulator records it.
public struct TracedOperation: Hashable, Sendable {
  /// What it does. The raw values are the names in the traces of Lin et al., "Understanding Stragglers in Large Model
  /// Training Using What-if Analysis", OSDI 2025.
  public enum Kind: String, CaseIterable, Sendable {
    case forwardCompute = "forward-compute"
    case backwardCompute = "backward-compute"
    case forwardSend = "forward-send"
    case forwardReceive = "forward-recv"
    case backwardSend = "backward-send"
    case backwardReceive = "backward-recv"
    case gatherParameters = "params-all-gather"
    case reduceLayerNorm = "layernorm-grads-all-reduce"
    case reduceEmbedding = "embedding-grads-all-reduce"
    case reduceScatter = "grads-reduce-scatter"
    case clip = "optimizer-clip-main-grad"
    case optimiser = "optimizer"
    case collection = "gc"
  }

  /// The step, the replica (data-parallel rank) and the stage (pipeline rank).
  public var step: Int
  public var replica: Int
  public var stage: Int
  public var kind: Kind
  /// The micro-batch, or the number of the operation within its kind.
  public var slot: Int
  /// Seconds from the start of the step.
  public var start: Double
  /// Seconds, waiting and transfer together.
  public var duration: Double

  /// An operation.
  public init(step: Int, replica: Int, stage: Int, kind: Kind, slot: Int, start: Double, duration: Double) {
    (self.step, self.replica, self.stage) = (step, replica, stage)
    (self.kind, self.slot) = (kind, slot)
    (self.start, self.duration) = (start, duration)
  }

  /// When it ends, in seconds from the start of the step.
  public var end: Double { start + duration }
}
