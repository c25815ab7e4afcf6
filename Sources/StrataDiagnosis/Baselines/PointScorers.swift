import StrataEvaluation
import StrataTensor

/// Uniform random numbers, the same ones for every stretch.
struct RandomScorer: RowScorer {
  let generator: Generator

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    var generator = generator
    return (generator.uniformArray([rows.shape[0]]).elements, generator.uniformArray(rows.shape))
  }
}

/// The length of every row.
struct NormScorer: RowScorer {
  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) { (lengths(of: rows), abs(rows)) }
}

/// The largest distance from the median, in interquartile ranges scaled to a standard deviation.
struct RobustZScorer: RowScorer {
  /// A channel that rests most of the time has no interquartile range; it is measured by this share of its deviation.
  static let smallestSpread = 0.1
  private let medians: [Float]
  private let spreads: [Float]

  init(fittedTo rows: NDArray) {
    let (count, width) = (rows.shape[0], rows.shape[1])
    let elements = rows.elements
    var medians: [Float] = []
    var spreads: [Float] = []
    for column in 0..<width {
      let values = stride(from: column, to: count * width, by: width).map { Double(elements[$0]) }
      let range = quantile(0.75, of: values) - quantile(0.25, of: values)
      medians.append(Float(quantile(0.5, of: values)))
      spreads.append(Float(max(range / OrderStatistics.normalInterquartileRange, Self.smallestSpread)))
    }
    (self.medians, self.spreads) = (medians, spreads)
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let deviations = mapColumns(of: rows) { abs($0 - medians[$1]) / spreads[$1] }
    return (largest(of: deviations), deviations)
  }
}

/// Distance from the mean in the metric of the training covariance; channels contribute with their own z-scores.
struct MahalanobisScorer: RowScorer {
  let gaussian: ShrunkGaussian

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    (lengths(of: gaussian.whitened(rows)), abs(rows))
  }
}
