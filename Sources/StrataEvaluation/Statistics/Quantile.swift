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
  var values = values
  return values.withUnsafeMutableBufferPointer { OrderStatistics.quantile(probability, of: $0) }
}
