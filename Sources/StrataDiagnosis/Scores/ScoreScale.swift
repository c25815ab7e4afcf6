import StrataTelemetry
import StrataTensor

/// The way from a method's own scores to standardised ones, so that scores of different methods can be added:
/// `(log(1 + x) − mean) / deviation`, with mean and deviation from normal time.
public struct ScoreScale: Hashable, Codable, Sendable {
  /// Of `log(1 + x)` in normal time.
  public let mean: Double
  /// Of `log(1 + x)` in normal time; at least 10⁻⁶, for methods whose scores never move.
  public let deviation: Double

  init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

  /// - Precondition: No score is below zero or not a number.
  public init(of scores: [Float]) {
    let logs = Self.logarithms(of: scores)
    let count = Double(max(logs.count, 1))
    let mean = logs.reduce(0, +) / count
    self.mean = mean
    deviation = max((logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot(), 1e-6)
  }

  /// The standardised scores.
  ///
  /// - Precondition: No score is below zero or not a number.
  public func standardise(_ scores: [Float]) -> [Float] {
    Self.logarithms(of: scores).map { Float(($0 - mean) / deviation) }
  }

  private static func logarithms(of scores: [Float]) -> [Double] {
    scores.map { score in
      require(score >= 0, "ScoreScale: a score of \(score); logarithms need scores of at least zero")
      return logarithm(onePlus: Double(score))
    }
  }
}

extension ScoreScale {
  /// One scale per entity, from all its series.
  static func byEntity(_ scored: [ScoreSeries]) -> [EntityPath: ScoreScale] {
    Dictionary(grouping: scored, by: \.entity).mapValues { ScoreScale(of: $0.flatMap(\.scores)) }
  }

  static func of(_ entity: EntityPath, in scales: [EntityPath: ScoreScale]) throws(DiagnosisError) -> ScoreScale {
    guard let scale = scales[entity] else {
      throw DiagnosisError("'\(entity)' has no validation time to measure scores by")
    }
    return scale
  }
}
