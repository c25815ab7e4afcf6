public import StrataEvaluation
import StrataTensor

/// One measure of a detector, with the range it falls in when the cases are drawn anew.
public struct Measure: Sendable {
  public let name: String
  /// The measure and its interval of 95 %.
  public let interval: BootstrapInterval
  /// What was drawn: entities, runs or faults, and how many there are.
  public let cases: String
  public let caseCount: Int

  /// How often cases are drawn.
  private static let resamples = 2000

  /// A statistic of cases; `nil` when there are none.
  init?<Case>(
    _ name: String, over cases: [Case], called kind: String, using generator: inout Generator,
    of statistic: ([Case]) -> Double
  ) {
    guard !cases.isEmpty else { return nil }
    (self.name, self.cases, caseCount) = (name, kind, cases.count)
    interval = bootstrapInterval(over: cases, resamples: Self.resamples, using: &generator, of: statistic)
  }

  /// The mean of one value per case.
  init?(_ name: String, meanOf values: [Double], called kind: String, using generator: inout Generator) {
    self.init(name, over: values, called: kind, using: &generator) { $0.reduce(0, +) / Double($0.count) }
  }

  /// The median of one value per case.
  init?(_ name: String, medianOf values: [Double], called kind: String, using generator: inout Generator) {
    self.init(name, over: values, called: kind, using: &generator) { quantile(0.5, of: $0) }
  }
}
