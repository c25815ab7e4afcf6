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
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardDeviation = (squares / Double(max(values.count - 1, 1))).squareRoot()
    count = values.count
  }
}
