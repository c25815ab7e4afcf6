public import StrataTensor

/// Turns pairs of neighbouring elements by an angle that grows with time, so that products of queries and keys depend on
/// their distance alone.
///
/// Within each head of width `d`, elements `2i` and `2i + 1` at time `t` turn by `t / base^(2i / d)`.
///
/// Reference: Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021.
public struct RotaryEmbedding: Sendable, Hashable, Codable {
  /// Greater bases turn more slowly and reach further back.
  public let base: Double

  /// - Precondition: `base` is greater than one.
  public init(base: Double = 10_000) {
    require(base > 1, "RotaryEmbedding: the base \(base) is not greater than one")
    self.base = base
  }

  /// Turns the vectors of a sequence.
  ///
  /// - Parameters:
  ///   - x: A tensor of shape `[batch, time, width]`, heads contiguous in the width.
  ///   - heads: How many heads there are; each has an even width.
  ///   - start: The time of the first step, for a sequence that continues another.
  public func callAsFunction(_ x: Tensor, heads: Int, startingAt start: Int = 0) -> Tensor {
    require(
      x.shape.rank == 3 && heads >= 1 && x.shape.last % (2 * heads) == 0,
      "RotaryEmbedding: \(heads) heads of even width do not fit shape \(x.shape)")
    return turnedPairs(x, by: turns(length: x.shape[1], headWidth: x.shape.last / heads, startingAt: start))
  }

  /// The cosines and sines by which the pairs of one head turn.
  ///
  /// - Parameters:
  ///   - length: How many steps.
  ///   - headWidth: The width of a head; even.
  ///   - start: The time of the first step.
  /// - Returns: Shape `[length, headWidth]`.
  public func turns(length: Int, headWidth: Int, startingAt start: Int = 0) -> NDArray {
    pairTurns(length: length, headWidth: headWidth, base: base, start: start)
  }
}
