import StrataTelemetry

/// The way from a method's own scores to standardised ones, so that scores of different methods can be added:
/// `(log(1 + x) − mean) / deviation`, with mean and deviation from normal time.
public struct ScoreScale: Hashable, Codable, Sendable {
  public let mean: Double
  public let deviation: Double

  /// - Precondition: No score is below zero.
  public init(of scores: [Float]) {
    let logs = scores.map { logarithm(onePlus: Double($0)) }
    let count = Double(max(logs.count, 1))
    let mean = logs.reduce(0, +) / count
    self.mean = mean
    deviation = max((logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot(), 1e-6)
  }

  public func standardise(_ scores: [Float]) -> [Float] {
    scores.map { Float((logarithm(onePlus: Double($0)) - mean) / deviation) }
  }
}

extension ScoreScale {
  /// One scale per entity, from all its series.
  static func byEntity(_ scored: [ScoreSeries]) -> [EntityPath: ScoreScale] {
    Dictionary(grouping: scored, by: \.entity).mapValues { ScoreScale(of: $0.flatMap(\.scores)) }
  }

  static func of(_ entity: EntityPath, in scales: [EntityPath: ScoreScale]) throws(DiagnosisError) -> ScoreScale {
    guard let scale = scales[entity] else { throw DiagnosisError("'\(entity)' has no validation time to measure scores by") }
    return scale
  }
}
