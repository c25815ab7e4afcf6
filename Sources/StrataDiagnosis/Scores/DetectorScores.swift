import StrataTensor

/// What a fitted detector says about validation time and about the time in question.
public struct DetectorScores: Sendable {
  /// Time without known faults, by which scores are measured and thresholds set.
  public var validation: [ScoreSeries]
  /// The time in question.
  public var test: [ScoreSeries]

  /// Keeps both as they are.
  public init(validation: [ScoreSeries], test: [ScoreSeries]) { (self.validation, self.test) = (validation, test) }

  /// Both, with every entity's scores brought to the same scale by those of its validation time, so that entities can
  /// share a threshold and methods can be added.
  ///
  /// - Throws: ``DiagnosisError`` when an entity has no validation time.
  /// - Precondition: No score is below zero, as those of all baselines; scores that are standardised already are.
  public func standardised() throws(DiagnosisError) -> DetectorScores {
    let scales = ScoreScale.byEntity(validation)
    func standardise(_ scored: [ScoreSeries]) throws(DiagnosisError) -> [ScoreSeries] {
      var result = scored
      for index in result.indices {
        result[index].scores = try ScoreScale.of(result[index].entity, in: scales).standardise(result[index].scores)
      }
      return result
    }
    return DetectorScores(validation: try standardise(validation), test: try standardise(test))
  }

  /// The plain sum of several detectors: their standardised logarithmic scores, added.
  ///
  /// It needs no training of its own and no choice of weights, and on public data it beats each of its parts: a detector
  /// that does not beat it has learnt nothing. It names no culprits.
  ///
  /// - Throws: ``DiagnosisError`` when an entity has no validation time.
  /// - Precondition: All parts scored the same time, and at least one is given; no score is below zero.
  public static func logSum(of parts: [DetectorScores]) throws(DiagnosisError) -> DetectorScores {
    require(!parts.isEmpty, "DetectorScores.logSum: no parts")
    var total = try parts[0].standardised()
    for index in total.validation.indices { total.validation[index].removeContributions() }
    for index in total.test.indices { total.test[index].removeContributions() }
    for part in parts.dropFirst() {
      let standardised = try part.standardised()
      add(standardised.validation, to: &total.validation)
      add(standardised.test, to: &total.test)
    }
    return total
  }

  private static func add(_ scored: [ScoreSeries], to total: inout [ScoreSeries]) {
    require(scored.count == total.count, "DetectorScores.logSum: \(scored.count) and \(total.count) series")
    for (index, series) in scored.enumerated() {
      require(
        series.run == total[index].run && series.entity == total[index].entity
          && series.samples == total[index].samples,
        "DetectorScores.logSum: '\(series.entity)' \(series.samples) of run \(series.run) does not match "
          + "'\(total[index].entity)' \(total[index].samples) of run \(total[index].run)")
      for i in series.scores.indices { total[index].scores[i] += series.scores[i] }
    }
  }
}
