// Distributions built from integer arithmetic and correctly rounded operations alone: the same numbers on every machine.

extension Generator {
  /// A number in `0..<1`, a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number in `0..<1`, a multiple of 2⁻⁵³.
  public mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in the range; the upper bound itself can occur only by rounding.
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A number from the normal distribution with mean zero and deviation one.
  public mutating func normal() -> Float { Float(normalDouble()) }

  /// A number from the normal distribution with mean zero and deviation one.
  public mutating func normalDouble() -> Double { normalQuantile((Double(next() >> 12) + 0.5) * 0x1p-52) }

  /// Whether an event of probability `probability` happens.
  public mutating func bernoulli(_ probability: Double) -> Bool { uniformDouble() < probability }

  /// A number below `bound`, all equally likely.
  ///
  /// - Precondition: `bound` is positive.
  ///
  /// Reference: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29, 2019.
  public mutating func index(below bound: Int) -> Int {
    require(bound > 0, "index: bound \(bound) is not positive")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The numbers below `count` in random order, all orders equally likely.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
    return order
  }

  /// Independent normal numbers.
  public mutating func normalArray(_ shape: Shape, mean: Float = 0, deviation: Float = 1) -> NDArray {
    NDArray(shape) { out in for i in 0..<out.count { out[i] = mean + deviation * normal() } }
  }

  /// Independent uniform numbers.
  public mutating func uniformArray(_ shape: Shape, in range: Range<Float> = 0..<1) -> NDArray {
    NDArray(shape) { out in for i in 0..<out.count { out[i] = uniform(in: range) } }
  }

  /// Independent ones, each with probability `probability`, and zeros.
  public mutating func bernoulliArray(_ shape: Shape, probability: Float) -> NDArray {
    NDArray(shape) { out in for i in 0..<out.count { out[i] = uniform() < probability ? 1 : 0 } }
  }
}
