import StrataTensor

/// Mean and standard deviation of every column, with the way to z-scores.
struct ColumnStatistics: Sendable {
  /// Below this a column counts as constant, and is left in its own unit.
  static let smallestDeviation = 1e-4

  let means: [Float]
  let deviations: [Float]

  /// - Precondition: `rows` has shape `[n, columns]` with at least one row.
  init(of rows: NDArray) {
    require(rows.shape.rank == 2 && rows.shape[0] > 0, "ColumnStatistics: rows of shape \(rows.shape)")
    self.init(ofObserved: [rows])
  }

  init(means: [Float], deviations: [Float]) { (self.means, self.deviations) = (means, deviations) }

  /// Of several stretches, as far as their elements are not NaN; a column without any counts as constant.
  init(ofObserved stretches: [NDArray]) {
    let width = stretches[0].shape[1]
    var (sums, counts) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
    var squares = sums
    func forEachObserved(_ body: (_ column: Int, _ value: Double) -> Void) {
      for rows in stretches {
        rows.withElements { x in for i in x.indices where x[i].isFinite { body(i % width, Double(x[i])) } }
      }
    }
    forEachObserved { column, value in
      sums[column] += value
      counts[column] += 1
    }
    let means = zip(sums, counts).map { $0 / max($1, 1) }
    forEachObserved { column, value in squares[column] += (value - means[column]) * (value - means[column]) }
    self.means = means.map { Float($0) }
    deviations = zip(squares, counts).map { square, count in
      let deviation = (square / max(count, 1)).squareRoot()
      return deviation < Self.smallestDeviation ? 1 : Float(deviation)
    }
  }

  /// Every element's distance from its column's mean, in deviations.
  func standardise(_ rows: NDArray) -> NDArray {
    means.withUnsafeBufferPointer { means in
      deviations.withUnsafeBufferPointer { deviations in
        mapColumns(of: rows) { value, column in (value - means[column]) / deviations[column] }
      }
    }
  }
}
