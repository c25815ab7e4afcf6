internal import Synchronization

/// One recorded operation: where a value came from and how to send gradients back.
///
/// A node never changes after it is made, so a graph can be built by several tasks at once and needs no lock.
final class GraphNode: Sendable {
  /// Sends the gradient of the result to the sources, in their order; `nil` stands for zero.
  typealias Pullback = @Sendable (_ upstream: NDArray) -> [NDArray?]

  let operation: StaticString
  /// Emptied only by `deinit`, when nobody else can see the node.
  nonisolated(unsafe) private(set) var sources: [GraphNode]
  let pullback: Pullback
  let recording: Recording
  /// The node's place in its recording; greater than that of every source.
  let index: Int

  init(
    _ operation: StaticString, sources: [GraphNode] = [], in recording: Recording,
    pullback: @escaping Pullback = { _ in [] }
  ) {
    self.operation = operation
    self.sources = sources
    self.pullback = pullback
    self.recording = recording
    index = recording.nextIndex()
  }

  /// Frees the nodes that only this one keeps, without recursion: a graph that is thrown away may be deep.
  deinit {
    var orphans = sources
    sources = []
    while var node = orphans.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      orphans += node.sources
      node.sources = []
    }
  }
}

/// Hands out increasing indices to the nodes of one differentiation.
final class Recording: Sendable {
  private let next = Atomic(0)

  var count: Int { next.load(ordering: .relaxed) }

  func nextIndex() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}
