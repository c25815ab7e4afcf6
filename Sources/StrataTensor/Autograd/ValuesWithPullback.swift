/// Returns what `function` makes of a model, and the way back: gradients of the results can be sent to the model later.
///
/// - Parameters:
///   - model: The point at which to differentiate. It is not modified.
///   - function: A function that returns any number of tensors of any shape.
/// - Returns: The values, and a pullback that keeps what the operations saved until it is called or let go.
public func valuesWithPullback<Model: Module, Failure: Error>(
  at model: Model, of function: (Model) throws(Failure) -> [Tensor]
) throws(Failure) -> (values: [NDArray], pullback: Pullback<Model>) {
  let recording = Recording()
  var tracked = model
  tracked.forEachParameter { _, parameter in
    parameter = Tensor(parameter.value, node: GraphNode("parameter", in: recording))
  }
  let leafCount = recording.count
  let results = try function(tracked)
  return (results.map(\.value), Pullback(model: model, leafCount: leafCount, results: results, in: recording))
}

/// Sends gradients of the results of a function back to the model it was evaluated at.
///
/// A pullback is a value that owns the graph. The only copy, called as `(consume pullback)(upstream)`, frees each saved
/// value as soon as that has been used. A pullback may also be let go unused.
public struct Pullback<Model: Module>: Sendable {
  private let model: Model
  private let leafCount: Int
  private let results: [(shape: Shape, index: Int?)]
  /// Each node at its own index.
  private var nodes: [GraphNode?]

  fileprivate init(model: Model, leafCount: Int, results: [Tensor], in recording: Recording) {
    require(
      results.allSatisfy { $0.node == nil || $0.node!.recording === recording },
      "valuesWithPullback: a result belongs to another differentiation")
    (self.model, self.leafCount) = (model, leafCount)
    self.results = results.map { ($0.shape, $0.node?.index) }
    nodes = graph(of: results.compactMap(\.node), leafCount: leafCount)
  }

  /// Returns the gradient of `Σ upstream · result`.
  ///
  /// - Parameter upstream: One gradient per result, in its shape; `nil` stands for zero.
  /// - Returns: A copy of the model in which every parameter holds its own gradient. A parameter that no result uses
  ///   holds zeros.
  public consuming func callAsFunction(_ upstream: [NDArray?]) -> Model {
    require(upstream.count == results.count, "Pullback: \(upstream.count) gradients for \(results.count) results")
    var gradients = [NDArray?](repeating: nil, count: nodes.count)
    for (slope, result) in zip(upstream, results) {
      guard let slope else { continue }
      require(slope.shape == result.shape, "Pullback: a gradient of \(slope.shape) for a result of \(result.shape)")
      if let index = result.index { gradients[index].accumulate(slope) }
    }
    sweep(&nodes, &gradients, leafCount: leafCount)
    var (gradient, leaf) = (model, 0)
    gradient.forEachParameter { _, parameter in
      parameter = Tensor(gradients[leaf] ?? NDArray(parameter.shape, repeating: 0))
      leaf += 1
    }
    return gradient
  }
}

/// Everything that `roots` were computed from, each node at its own index.
///
/// The array is to be the only owner of the graph. That lets the sweep free saved values as it goes, and keeps a deep
/// graph from being torn down recursively.
private func graph(of roots: [GraphNode], leafCount: Int) -> [GraphNode?] {
  var nodes = [GraphNode?](repeating: nil, count: max(leafCount, (roots.map(\.index).max() ?? -1) + 1))
  var frontier = roots
  while let node = frontier.popLast() {
    guard nodes[node.index] == nil else { continue }
    nodes[node.index] = node
    for source in node.sources where nodes[source.index] == nil { frontier.append(source) }
  }
  return nodes
}

/// Sends gradients from the last node back to the first `leafCount`.
private func sweep(_ nodes: inout [GraphNode?], _ gradients: inout [NDArray?], leafCount: Int) {
  for index in nodes.indices.reversed() where index >= leafCount {
    guard let node = nodes[index].take(), let upstream = gradients[index].take() else { continue }
    for (source, gradient) in zip(node.sources, node.pullback(upstream)) {
      if let gradient { gradients[source.index].accumulate(gradient) }
    }
  }
}

extension Optional<NDArray> {
  /// Adds `contribution` in place, or takes it when there is nothing yet.
  fileprivate mutating func accumulate(_ contribution: NDArray) {
    if self == nil { self = contribution } else { self!.accumulate(contribution) }
  }
}
