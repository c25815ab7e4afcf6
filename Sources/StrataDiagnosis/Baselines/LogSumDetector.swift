public import StrataTelemetry
import StrataTensor

/// The plain sum of several detectors: the standardised logarithms of their scores, added.
///
/// It needs no training of its own and no choice of weights, and on public data it beats each of its parts: a detector
/// that does not beat it has learnt nothing. The scales are taken from the
/// scores of validation time.
public struct LogSumDetector: AnomalyDetector {
  public let name: String
  private var parts: [any AnomalyDetector]
  private var scales: [[EntityPath: ScoreScale]] = []

  /// - Parameter parts: Detectors whose scores are never below zero.
  public init(name: String, _ parts: [any AnomalyDetector]) { (self.name, self.parts) = (name, parts) }

  public mutating func fit(
    to training: WindowSource, validation: WindowSet<ValidationSplit>, threads: Int
  ) throws {
    scales = []
    for index in parts.indices {
      try parts[index].fit(to: training, validation: validation, threads: threads)
      scales.append(ScoreScale.byEntity(try parts[index].score(validation, threads: threads)))
    }
  }

  public func score<Split>(_ windows: WindowSet<Split>, threads: Int) throws -> [ScoreSeries] {
    var total: [ScoreSeries] = []
    for (part, scales) in zip(parts, scales) {
      let scored = try part.score(windows, threads: threads)
      if total.isEmpty {
        total = scored
        for index in total.indices {
          total[index].scores = [Float](repeating: 0, count: total[index].scores.count)
          total[index].contributions = nil
        }
      }
      for (index, series) in scored.enumerated() {
        let standardised = try ScoreScale.of(series.entity, in: scales).standardise(series.scores)
        for i in standardised.indices { total[index].scores[i] += standardised[i] }
      }
    }
    return total
  }
}
