/// Returns `loss(model)` together with its gradient, which has the shape of the model.
///
/// - Parameters:
///   - model: The point at which to differentiate. It is not modified.
///   - loss: A function that returns a tensor with one element.
/// - Returns: The loss, and a copy of the model in which every parameter holds its own gradient. A parameter the loss
///   does not use holds zeros.
public func valueAndGradient<Model: Module, Failure: Error>(
  at model: Model, of loss: (Model) throws(Failure) -> Tensor
) throws(Failure) -> (value: Float, gradient: Model) {
  let recording = Recording()
  var tracked = model
  tracked.forEachParameter { _, parameter in
    parameter = Tensor(parameter.value, node: GraphNode("parameter", in: recording))
  }
  let leafCount = recording.count
  var (value, shape, nodes) = try record(loss, at: tracked)
  let leafGradients = sweep(&nodes, from: shape, leafCount: leafCount)

  var gradient = model
  var leaf = 0
  gradient.forEachParameter { _, parameter in
    parameter = Tensor(leafGradients[leaf] ?? NDArray(parameter.shape, repeating: 0))
    leaf += 1
  }
  return (value, gradient)
}

/// Evaluates `loss` and returns its value and its graph, each node at its own index.
///
/// On return the array is the only owner of the graph. That lets the sweep free saved values as it goes, and keeps a
/// deep graph from being torn down recursively.
private func record<Model: Module, Failure: Error>(
  _ loss: (Model) throws(Failure) -> Tensor, at model: Model
) throws(Failure) -> (value: Float, shape: Shape, nodes: [GraphNode?]) {
  let result = try loss(model)
  require(
    result.shape.elementCount == 1, "valueAndGradient: the loss has shape \(result.shape), expected one element")
  let value = result.value.scalar
  guard let root = result.node else { return (value, result.shape, []) }
  var nodes = [GraphNode?](repeating: nil, count: root.index + 1)
  var frontier = [root]
  while let node = frontier.popLast() {
    guard nodes[node.index] == nil else { continue }
    nodes[node.index] = node
    for source in node.sources where nodes[source.index] == nil { frontier.append(source) }
  }
  return (value, result.shape, nodes)
}

/// Sends a gradient of one from the last node back to the first `leafCount`.
private func sweep(_ nodes: inout [GraphNode?], from rootShape: Shape, leafCount: Int) -> [NDArray?] {
  var gradients = [NDArray?](repeating: nil, count: max(nodes.count, leafCount))
  if let last = nodes.indices.last { gradients[last] = NDArray(rootShape, repeating: 1) }
  for index in nodes.indices.reversed() where index >= leafCount {
    guard let node = nodes[index].take(), let upstream = gradients[index].take() else { continue }
    for (source, gradient) in zip(node.sources, node.pullback(upstream)) {
      if let gradient { gradients[source.index].accumulate(gradient) }
    }
  }
  return gradients
}

extension Optional<NDArray> {
  /// Adds `contribution` in place, or takes it when there is nothing yet.
  fileprivate mutating func accumulate(_ contribution: NDArray) {
    if self == nil { self = contribution } else { self!.accumulate(contribution) }
  }
}
