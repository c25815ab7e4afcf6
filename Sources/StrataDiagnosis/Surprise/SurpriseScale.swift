import StrataTensor

/// The way from the size of a deviation to a surprise, one per channel and view.
///
/// A surprise of `s` means that clean time exceeds the deviation with probability `exp(−s)`: read from the clean
/// distribution up to its 90 % quantile, beyond it from an exponential tail through the 99 % quantile.
struct SurpriseScale: Hashable, Codable, Sendable {
  /// The surprise at the 90 % quantile.
  static let bodySurprise: Float = 2.302_585_1
  /// The surprise that one in a hundred clean samples has.
  static let rareSurprise: Float = 4.605_170_2
  private static let quantiles = (body: 0.9, tail: 0.99)

  /// The 90 % quantile of clean deviations, in standard deviations.
  let body: Float
  /// By how much a deviation grows while it becomes `e` times rarer.
  let tail: Float

  /// - Parameters:
  ///   - sizes: Deviations of clean time without their sign; reordered. None is NaN.
  init(fittedTo sizes: inout [Float], leastTailScale: Float) {
    guard !sizes.isEmpty else {
      (body, tail) = (1, leastTailScale)
      return
    }
    let (low, high) = sizes.withUnsafeMutableBufferPointer {
      (
        OrderStatistics.quantile(Self.quantiles.body, of: $0), OrderStatistics.quantile(Self.quantiles.tail, of: $0)
      )
    }
    body = max(low, 1e-6)
    tail = max((high - low) / Self.bodySurprise, leastTailScale)
  }

  init(body: Float, tail: Float) { (self.body, self.tail) = (body, tail) }

  /// The surprise of a deviation of this size, at most `cap`.
  @inline(__always)
  func surprise(of size: Float, cap: Float) -> Float {
    let surprise =
      size > body ? Self.bodySurprise + (size - body) / tail : size / body * Self.bodySurprise
    return min(surprise, cap)
  }
}

/// `log(x + √(x² + 1))`: linear in small and logarithmic in large values of either sign.
@inline(__always)
func asinhOf(_ x: Float) -> Float {
  let size = abs(x)
  guard size < 1e18 else { return Float(signOf: x, magnitudeOf: Float(logarithm(Double(size))) + 0.693_147_2) }
  let grown = size + size * size / (1 + (1 + size * size).squareRoot())
  return Float(signOf: x, magnitudeOf: logarithm(onePlus: grown))
}
