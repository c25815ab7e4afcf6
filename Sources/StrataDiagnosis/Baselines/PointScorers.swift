import StrataTensor

struct RandomScorer: RowScorer {
  let generator: Generator

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    var generator = generator
    return (rows.shape[0] == 0 ? [] : generator.uniformArray([rows.shape[0]]).elements, generator.uniformArray(rows.shape))
  }
}

struct NormScorer: RowScorer {
  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    (reduceRows(rows) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }, rows.absolute)
  }
}

/// The largest distance from the median, in interquartile ranges scaled to a standard deviation.
struct RobustZScorer: RowScorer {
  /// A channel that rests most of the time has no interquartile range; it is measured by this share of its deviation.
  static let smallestSpread: Float = 0.1
  private let medians: [Float]
  private let spreads: [Float]

  init(fittedTo rows: NDArray) {
    let (count, width) = (rows.shape[0], rows.shape[1])
    let columns = rows.elements
    var medians: [Float] = []
    var spreads: [Float] = []
    for column in 0..<width {
      let sorted = stride(from: column, to: count * width, by: width).map { columns[$0] }.sorted()
      medians.append(sorted[count / 2])
      spreads.append(max((sorted[count * 3 / 4] - sorted[count / 4]) / 1.349, Self.smallestSpread))
    }
    (self.medians, self.spreads) = (medians, spreads)
  }

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    let width = medians.count
    let deviations = NDArray(rows.shape) { out in
      rows.withElements { x in
        for i in out.indices { out[i] = abs(x[i] - medians[i % width]) / spreads[i % width] }
      }
    }
    return (reduceRows(deviations) { $0.max() ?? 0 }, deviations)
  }
}

struct MahalanobisScorer: RowScorer {
  let gaussian: ResidualGaussian

  func scores(of rows: NDArray) -> (scores: [Float], contributions: NDArray?) {
    (reduceRows(gaussian.whitened(rows)) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }, gaussian.deviations(rows))
  }
}
