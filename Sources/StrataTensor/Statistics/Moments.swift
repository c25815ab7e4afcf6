/// The mean of numbers and how far they scatter around it, in two passes.
package struct Moments: Sendable {
  package let count: Int
  package let mean: Double
  /// The sum of the squared distances from the mean.
  package let squares: Double

  /// - Precondition: There is a value.
  @inlinable
  package init(_ values: some Collection<Double>) {
    var sum = 0.0
    for value in values { sum += value }
    let mean = sum / Double(values.count)
    var squares = 0.0
    for value in values { squares += (value - mean) * (value - mean) }
    (count, self.mean, self.squares) = (values.count, mean, squares)
  }

  /// The moments of values in single precision, one after another in double precision.
  ///
  /// - Precondition: There is a value.
  package init(_ values: UnsafeBufferPointer<Float>) {
    var sum = 0.0
    for value in values { sum += Double(value) }
    let mean = sum / Double(values.count)
    var squares = 0.0
    for value in values { squares += (Double(value) - mean) * (Double(value) - mean) }
    (count, self.mean, self.squares) = (values.count, mean, squares)
  }

  /// The standard deviation of the values themselves.
  package var deviation: Double { (squares / Double(count)).squareRoot() }
  /// The standard deviation of what the values were drawn from, as far as they tell; zero for one value.
  package var sampleDeviation: Double { (squares / Double(max(count - 1, 1))).squareRoot() }
}
