#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
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
    let turns = Turns(length: x.shape[1], headWidth: x.shape.last / heads, start: start, base: base)
    return Tensor(
      turns.applied(to: x.value, direction: 1), "rotary",
      from: .input(x) { upstream in turns.applied(to: upstream, direction: -1) })
  }
}

/// The cosines and sines of every pair at every time.
private struct Turns: Sendable {
  let length: Int, pairs: Int
  let cosines: [Float], sines: [Float]

  init(length: Int, headWidth: Int, start: Int, base: Double) {
    (self.length, pairs) = (length, headWidth / 2)
    let frequencies = (0..<headWidth / 2).map { exp(-log(base) * Double(2 * $0) / Double(headWidth)) }
    let angles = (0..<length).flatMap { time in frequencies.map { Double(start + time) * $0 } }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
  }

  /// Turns every pair of `x`; a direction of −1 turns it back, which is also the transposed map.
  func applied(to x: NDArray, direction: Float) -> NDArray {
    let (rows, heads) = (x.shape.rowCount, x.shape.last / (2 * pairs))
    return NDArray(x.shape) { result in
      x.withElements { x in
        for row in 0..<rows {
          let angles = row % length * pairs
          for head in 0..<heads {
            let first = (row * heads + head) * 2 * pairs
            for pair in 0..<pairs {
              let (cosine, sine) = (cosines[angles + pair], direction * sines[angles + pair])
              let (even, odd) = (x[first + 2 * pair], x[first + 2 * pair + 1])
              result[first + 2 * pair] = even * cosine - odd * sine
              result[first + 2 * pair + 1] = even * sine + odd * cosine
            }
          }
        }
      }
    }
  }
}
