public import StrataEvaluation
import StrataTensor

/// A metric of several judgements, with the range it falls in when they are drawn anew.
public struct Measure: Sendable {
  public let metric: Metric
  /// The value and its interval of 95 %.
  public let interval: BootstrapInterval
  /// What was drawn: entities, runs or faults, and how many there are.
  public let cases: String
  public let caseCount: Int

  /// How often cases are drawn.
  private static let resamples = 2000

  /// - Parameters:
  ///   - metric: What is measured.
  ///   - judged: What it is measured of.
  ///   - kind: What the judgements are of, in the plural.
  ///   - generator: Draws.
  /// - Returns: `nil` where no judgement has the metric.
  init?(
    _ metric: Metric, of judged: [any Judgement], called kind: String, using generator: inout Generator
  ) {
    self.metric = metric
    func draw<Case>(_ cases: [Case], _ statistic: ([Case]) -> Double) -> BootstrapInterval {
      bootstrapInterval(over: cases, resamples: Self.resamples, using: &generator, of: statistic)
    }
    switch metric.computation {
    case .mean(let unit, let values):
      let all = judged.flatMap(values)
      guard !all.isEmpty else { return nil }
      interval = draw(all) { $0.reduce(0, +) / Double($0.count) }
      (cases, caseCount) = (unit == .faults ? "faults" : kind, all.count)
    case .median(let unit, let values):
      let all = judged.flatMap(values)
      guard !all.isEmpty else { return nil }
      interval = draw(all) { quantile(0.5, of: $0) }
      (cases, caseCount) = (unit == .faults ? "faults" : kind, all.count)
    case .pooled(let value):
      guard !judged.isEmpty, value(judged) != nil else { return nil }
      interval = draw(judged) { value($0) ?? .nan }
      (cases, caseCount) = (kind, judged.count)
    }
  }
}
