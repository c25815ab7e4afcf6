import StrataTensor

/// Returns the quantile of `values`, linearly interpolated between the two nearest order statistics.
///
/// NaN when a value is NaN.
///
/// - Precondition: There is a value, and `probability` lies in 0...1.
public func quantile(_ probability: Double, of values: [Double]) -> Double {
  require(!values.isEmpty, "a quantile needs at least one value")
  require((0...1).contains(probability), "the probability of a quantile lies in 0...1, found \(probability)")
  if values.contains(where: \.isNaN) { return .nan }
  return quantile(probability, ofSorted: values.sorted())
}

/// The quantile of values that are sorted already.
func quantile(_ probability: Double, ofSorted values: [Double]) -> Double {
  let position = probability * Double(values.count - 1)
  let (lower, upper) = (values[Int(position)], values[min(Int(position) + 1, values.count - 1)])
  let fraction = position - position.rounded(.down)
  return fraction == 0 || lower == upper ? lower : lower + fraction * (upper - lower)
}
