internal import CStrataKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The cosine and the sine by which each pair of neighbouring elements turns at each step: pair `i` at step `t` turns by
/// `t / base^(2i / headWidth)`.
///
/// - Parameters:
///   - length: How many steps.
///   - headWidth: The width of a head; even.
///   - base: Greater bases turn more slowly.
///   - start: The time of the first step.
/// - Returns: Shape `[length, headWidth]`, cosine and sine of a pair side by side.
///
/// Reference: Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021.
public func pairTurns(length: Int, headWidth: Int, base: Double, start: Int = 0) -> NDArray {
  require(length >= 0 && headWidth % 2 == 0, "pairTurns: \(length) steps of heads of width \(headWidth)")
  return NDArray([length, headWidth]) { turns in
    for (pair, frequency) in pairFrequencies(headWidth: headWidth, base: base).enumerated() {
      for step in 0..<length {
        let angle = Double(start + step) * frequency
        turns[step * headWidth + 2 * pair] = Float(cos(angle))
        turns[step * headWidth + 2 * pair + 1] = Float(sin(angle))
      }
    }
  }
}

/// By how much each pair of a head turns per step.
package func pairFrequencies(headWidth: Int, base: Double) -> [Double] {
  (0..<headWidth / 2).map { exp(-log(base) * Double(2 * $0) / Double(headWidth)) }
}

/// Turns pairs of neighbouring elements of every head.
///
/// - Parameters:
///   - x: Shape `[batch, time, width]`, heads contiguous in the width.
///   - turns: Shape `[time, headWidth]`, from ``pairTurns(length:headWidth:base:start:)``; its width divides that of `x`.
/// - Returns: Shape `[batch, time, width]`.
public func turnedPairs(_ x: Tensor, by turns: NDArray) -> Tensor {
  let shape = x.shape
  require(
    shape.rank == 3 && turns.shape.rank == 2 && turns.shape[0] == shape[1] && turns.shape[1] > 0
      && turns.shape[1] % 2 == 0 && shape[2] % turns.shape[1] == 0,
    "turnedPairs: turns \(turns.shape) do not fit \(shape)")
  return Tensor(
    turned(x.value, turns, direction: 1), "turnedPairs", from: .input(x) { turned($0, turns, direction: -1) })
}

/// A direction of −1 turns back, which is also the transposed map.
private func turned(_ x: NDArray, _ turns: NDArray, direction: Float) -> NDArray {
  let (batch, time, width, headWidth) = (x.shape[0], x.shape[1], x.shape[2], turns.shape[1])
  return NDArray(x.shape) { out in
    guard out.count > 0 else { return }
    let to = out.baseAddress!
    withExtendedLifetime((x, turns)) {
      to.update(from: x.start, count: x.count)
      for b in 0..<batch {
        kernels.turn_pairs(to + b * time * width, width, turns.start, time, width / headWidth, headWidth, direction)
      }
    }
  }
}
