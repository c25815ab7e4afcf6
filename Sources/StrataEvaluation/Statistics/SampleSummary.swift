import StrataTensor

/// The mean and the spread of a measure over seeds.
public struct SampleSummary: Sendable, Hashable, Codable {
  public let mean: Double
  /// The sample standard deviation, with n − 1 in the denominator; zero for one value.
  public let standardDeviation: Double
  public let count: Int

  /// - Precondition: There is a value.
  public init(_ values: [Double]) {
    require(!values.isEmpty, "a summary needs at least one value")
    let moments = Moments(values)
    (mean, standardDeviation, count) = (moments.mean, moments.sampleDeviation, moments.count)
  }
}
