import StrataEvaluation
import StrataTensor

/// What a slow part of a pipelined job looks like: who computes longer, and who waits where.
///
/// The same figures are taken from public traces and from simulated ones. All are medians over steps, replicas and
/// micro-batches, in seconds; the duration of a communication is its waiting and its transfer together.
public struct StragglerSignature: Equatable, Sendable {
  /// Which part is slow.
  public enum Culprit: Hashable, Sendable {
    /// One stage of one replica. Its whole replica is set against the other replicas.
    case worker(replica: Int, stage: Int)
    /// One stage of every replica. It is set against the other stages.
    case stage(Int)
  }

  /// The medians of one kind of operation on one stage.
  public struct Contrast: Equatable, Sendable {
    /// Those of the culprit's replica, or of the culprit when it is a stage; nil where there are none.
    public var culprit: Double?
    /// Those of all others; nil where there are none.
    public var peers: Double?

    /// Medians.
    public init(culprit: Double? = nil, peers: Double? = nil) { (self.culprit, self.peers) = (culprit, peers) }

    /// How much longer the others wait; nil unless both are known.
    public var wait: Double? {
      guard let culprit, let peers else { return nil }
      return peers - culprit
    }
  }

  /// The seconds of a forward and a backward pass on the culprit, relative to the same passes of its peers: other replicas
  /// of the stage, or other stages.
  public let computeRatio: Double
  /// The median duration of a step.
  public let stepTime: Double
  /// By kind, one contrast per stage.
  public let contrasts: [TracedOperation.Kind: [Contrast]]

  /// Takes the figures of a trace.
  ///
  /// - Precondition: The culprit and its peers compute forward and backward.
  public init(_ operations: [TracedOperation], culprit: Culprit) {
    let stages = (operations.map(\.stage).max() ?? -1) + 1
    var durations: [TracedOperation.Kind: [Durations]] = [:]
    // Of the culprit and of those who compute the same: its stage elsewhere, or every other stage.
    var passes: [TracedOperation.Kind: Durations] = [:]
    var bounds: [Int: ClosedRange<Double>] = [:]
    for operation in operations {
      let isCulprit: Bool
      let isComparable: Bool
      switch culprit {
      case .worker(let replica, let stage):
        (isCulprit, isComparable) = (operation.replica == replica, operation.stage == stage)
      case .stage(let stage):
        (isCulprit, isComparable) = (operation.stage == stage, true)
      }
      if isComparable { passes[operation.kind, default: Durations()].add(operation.duration, isCulprit) }
      durations[operation.kind, default: [Durations](repeating: Durations(), count: stages)][operation.stage].add(
        operation.duration, isCulprit)
      let known = bounds[operation.step] ?? operation.start...operation.start
      bounds[operation.step] = min(known.lowerBound, operation.start)...max(known.upperBound, operation.end)
    }
    contrasts = durations.mapValues { $0.map(\.medians) }
    let medians = [TracedOperation.Kind.forwardCompute, .backwardCompute].compactMap { passes[$0]?.medians }
    let slow = medians.compactMap(\.culprit)
    let normal = medians.compactMap(\.peers)
    require(slow.count == 2 && normal.count == 2, "StragglerSignature: nobody computes as or beside \(culprit)")
    computeRatio = slow.reduce(0, +) / normal.reduce(0, +)
    stepTime = quantile(0.5, of: bounds.values.map { $0.upperBound - $0.lowerBound })
  }

  /// The contrast of a kind on a stage; both sides are nil where it does not occur.
  public subscript(_ kind: TracedOperation.Kind, _ stage: Int) -> Contrast {
    guard let row = contrasts[kind], row.indices.contains(stage) else { return Contrast() }
    return row[stage]
  }
}

/// Durations on either side.
private struct Durations {
  var culprit: [Double] = []
  var peers: [Double] = []

  mutating func add(_ duration: Double, _ isCulprit: Bool) {
    if isCulprit { culprit.append(duration) } else { peers.append(duration) }
  }

  var medians: StragglerSignature.Contrast {
    StragglerSignature.Contrast(
      culprit: culprit.isEmpty ? nil : quantile(0.5, of: culprit),
      peers: peers.isEmpty ? nil : quantile(0.5, of: peers))
  }
}
