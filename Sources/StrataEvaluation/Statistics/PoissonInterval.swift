import StrataTensor

/// The exact interval of 95 % for the mean of a Poisson distribution of which `count` events were seen.
///
/// Every mean inside makes seeing as few, or as many, events no rarer than 2.5 %.
///
/// - Precondition: The count is not negative.
/// - Complexity: O(count).
///
/// Reference: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 1936.
public func poissonInterval(count: Int) -> (lower: Double, upper: Double) {
  require(count >= 0, "poissonInterval: a count of \(count)")
  let tail = 0.025
  /// The probability of at most `most` events.
  func cumulative(_ most: Int, mean: Double) -> Double {
    var logarithmOfTerm = -mean
    var total = exponential(logarithmOfTerm)
    for event in stride(from: 1, through: most, by: 1) {
      logarithmOfTerm += logarithm(mean) - logarithm(Double(event))
      total += exponential(logarithmOfTerm)
    }
    return total
  }
  func bisect(_ isBelow: (Double) -> Bool) -> Double {
    var (low, high) = (1e-9, 2 * Double(count) + 20)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if isBelow(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
  return (
    count == 0 ? 0 : bisect { 1 - cumulative(count - 1, mean: $0) < tail },
    bisect { cumulative(count, mean: $0) > tail }
  )
}
