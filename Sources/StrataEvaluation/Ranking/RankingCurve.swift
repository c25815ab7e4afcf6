/// What is found, and what is falsely accused, as the threshold falls through the distinct scores.
///
/// Samples with equal scores enter together, so the order of the samples never matters.
struct RankingCurve {
  /// Labelled and unlabelled samples at or above each distinct score, highest score first.
  private(set) var points: [(truePositives: Int, falsePositives: Int)] = []
  let positives: Int
  let negatives: Int

  init(_ series: ScoredSeries) {
    let ranked = zip(series.scores, series.labels).sorted { $0.0 > $1.0 }
    var found = 0
    for (index, (score, label)) in ranked.enumerated() {
      found += label ? 1 : 0
      if index + 1 == ranked.count || ranked[index + 1].0 != score { points.append((found, index + 1 - found)) }
    }
    positives = found
    negatives = ranked.count - found
  }

  var areaUnderROC: Double {
    var twiceArea = 0.0
    var (found, accused) = (0, 0)
    for point in points {
      twiceArea += Double(point.falsePositives - accused) * Double(point.truePositives + found)
      (found, accused) = point
    }
    return twiceArea / 2 / (Double(positives) * Double(negatives))
  }

  var averagePrecision: Double {
    var sum = 0.0
    var found = 0
    for point in points where point.truePositives > found {
      let precision = Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
      sum += Double(point.truePositives - found) * precision
      found = point.truePositives
    }
    return sum / Double(positives)
  }

  /// The best F1 over all thresholds, with the reference's 1e-5 in the denominator.
  var standardF1: Double {
    points.reduce(0) { best, point in
      let precision = Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
      let recall = Double(point.truePositives) / Double(positives)
      return max(best, 2 * precision * recall / (precision + recall + 1e-5))
    }
  }
}
