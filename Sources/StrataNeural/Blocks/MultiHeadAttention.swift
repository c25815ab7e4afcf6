public import StrataTensor

/// Scaled dot-product attention with several heads, between the steps of one sequence or from one sequence to another.
///
/// Reference: Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
public struct MultiHeadAttention: Module {
  /// Queries, keys and values, in this order along the outputs; heads are contiguous in each.
  public var qkv: Linear
  /// Applied to the heads together.
  public var projection: Linear
  /// How many heads share the width.
  public let heads: Int
  /// Whether a step may look only at itself and at earlier steps of its own sequence.
  public let causal: Bool
  /// Turns queries and keys by their position, when present.
  public let position: RotaryEmbedding?

  /// Creates attention over vectors of `width` elements.
  ///
  /// - Precondition: `heads` divides `width`, into heads of even width when `position` is given.
  public init(
    width: Int, heads: Int, causal: Bool = false, position: RotaryEmbedding? = nil, using generator: inout Generator
  ) {
    require(heads >= 1 && width % heads == 0, "MultiHeadAttention: \(heads) heads do not divide width \(width)")
    qkv = Linear(inputs: width, outputs: 3 * width, using: &generator)
    projection = Linear(inputs: width, outputs: width, using: &generator)
    (self.heads, self.causal, self.position) = (heads, causal, position)
  }

  /// Lets every step of `x` attend to the steps of `x`.
  ///
  /// - Parameters:
  ///   - x: A tensor of shape `[batch, time, width]`.
  ///   - keyMask: Shape `[batch, time]`, one where a step may be seen.
  /// - Complexity: O(batch · time² · width).
  public func callAsFunction(_ x: Tensor, keyMask: NDArray? = nil) -> Tensor {
    attend(from: x, to: x, causal: causal, keyMask: keyMask)
  }

  /// Lets every step of `x` attend to all steps of another sequence.
  ///
  /// - Parameters:
  ///   - x: A tensor of shape `[batch, time, width]`.
  ///   - memory: A tensor of shape `[batch, steps, width]`.
  ///   - keyMask: Shape `[batch, steps]`, one where a step of the memory may be seen.
  public func callAsFunction(_ x: Tensor, attendingTo memory: Tensor, keyMask: NDArray? = nil) -> Tensor {
    attend(from: x, to: memory, causal: false, keyMask: keyMask)
  }

  private func attend(from x: Tensor, to memory: Tensor, causal: Bool, keyMask: NDArray?) -> Tensor {
    let width = projection.weight.shape[0]
    var query = qkv(x, outputs: 0..<width)
    var key = qkv(memory, outputs: width..<2 * width)
    let value = qkv(memory, outputs: 2 * width..<3 * width)
    if let position {
      query = position(query, heads: heads)
      key = position(key, heads: heads)
    }
    return projection(
      attention(query: query, key: key, value: value, heads: heads, causal: causal, keyMask: keyMask))
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try qkv.forEachParameter(in: "qkv", visit)
    try projection.forEachParameter(in: "projection", visit)
  }
}
