/// A value that can be differentiated.
///
/// Outside `valueAndGradient(at:of:)` and `valuesWithPullback(at:of:)` a tensor is only its value.
public struct Tensor: Sendable {
  public let value: NDArray
  let node: GraphNode?

  public init(_ value: NDArray) { self.init(value, node: nil) }
  init(_ value: NDArray, node: GraphNode?) { (self.value, self.node) = (value, node) }

  public var shape: Shape { value.shape }

  /// Whether gradients flow through this tensor to a parameter.
  public var isTracked: Bool { node != nil }

  /// Creates the result of an operation, with one pullback per input.
  ///
  /// A pullback is kept only when its input is being differentiated, so the values it captures live no longer than they
  /// are needed.
  public init(_ value: NDArray, _ operation: StaticString, from inputs: Input...) {
    let tracked = inputs.compactMap { input in input.node.map { (source: $0, pullback: input.pullback) } }
    guard let recording = Self.recording(shared: tracked.map(\.source), operation) else {
      self.init(value, node: nil)
      return
    }
    let pullbacks = tracked.map(\.pullback)
    self.init(
      value,
      node: GraphNode(operation, sources: tracked.map(\.source), in: recording) { upstream in
        pullbacks.map { $0(upstream) }
      })
  }

  /// Creates the result of a fused operation, whose one pullback computes the gradients of all inputs in one pass.
  ///
  /// - Parameters:
  ///   - value: The result.
  ///   - operation: Its name, for messages.
  ///   - inputs: The operands.
  ///   - pullback: Receives the gradient of the result and, per input, whether its gradient is wanted; returns one
  ///     gradient per input, `nil` where it is not wanted or zero.
  public init(
    _ value: NDArray, _ operation: StaticString, from inputs: [Tensor],
    jointPullback pullback: @escaping @Sendable (_ upstream: NDArray, _ wanted: [Bool]) -> [NDArray?]
  ) {
    let wanted = inputs.map(\.isTracked)
    let sources = inputs.compactMap(\.node)
    guard let recording = Self.recording(shared: sources, operation) else {
      self.init(value, node: nil)
      return
    }
    self.init(
      value,
      node: GraphNode(operation, sources: sources, in: recording) { upstream in
        let gradients = pullback(upstream, wanted)
        require(
          gradients.count == wanted.count, "\(operation): the joint pullback returned \(gradients.count) gradients")
        return zip(gradients, wanted).compactMap { gradient, wanted -> NDArray?? in wanted ? .some(gradient) : nil }
      })
  }

  private static func recording(shared sources: [GraphNode], _ operation: StaticString) -> Recording? {
    guard let recording = sources.first?.recording else { return nil }
    require(
      sources.allSatisfy { $0.recording === recording },
      "\(operation): the inputs belong to two different differentiations")
    return recording
  }

  /// An operand paired with the derivative of the result in its direction.
  public struct Input {
    let node: GraphNode?
    let pullback: @Sendable (_ upstream: NDArray) -> NDArray

    public static func input(
      _ tensor: Tensor, pullback: @escaping @Sendable (_ upstream: NDArray) -> NDArray
    ) -> Input {
      Input(node: tensor.node, pullback: pullback)
    }
  }
}
