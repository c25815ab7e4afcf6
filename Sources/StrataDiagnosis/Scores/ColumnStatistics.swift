import StrataTensor

/// Mean and standard deviation of every column, with the way to z-scores.
struct ColumnStatistics: Sendable {
  /// Below this a column counts as constant, and is left in its own unit.
  static let smallestDeviation = 1e-4

  let means: [Float]
  let deviations: [Float]

  /// - Parameter floor: No deviation is taken to be smaller than this.
  /// - Precondition: `rows` has shape `[n, columns]` with at least one row.
  init(of rows: NDArray, floor: Double = 0) {
    require(rows.shape.rank == 2 && rows.shape[0] > 0, "ColumnStatistics: rows of shape \(rows.shape)")
    let (count, width) = (rows.shape[0], rows.shape[1])
    var means = [Double](repeating: 0, count: width)
    var squares = means
    rows.withElements { x in
      for row in 0..<count { for column in 0..<width { means[column] += Double(x[row * width + column]) } }
      for column in 0..<width { means[column] /= Double(count) }
      for row in 0..<count {
        for column in 0..<width {
          let difference = Double(x[row * width + column]) - means[column]
          squares[column] += difference * difference
        }
      }
    }
    self.means = means.map { Float($0) }
    deviations = squares.map { square in
      let deviation = (square / Double(count)).squareRoot()
      return Float(max(deviation < Self.smallestDeviation ? 1 : deviation, floor))
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
