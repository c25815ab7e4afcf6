import StrataTensor

/// Mean and standard deviation of every column, with the way to z-scores.
struct ColumnStatistics: Sendable {
  /// Below this a column counts as constant, and its deviations are measured in this unit instead.
  static let smallestDeviation = 1e-4

  let means: [Float]
  let deviations: [Float]

  /// - Precondition: `rows` has shape `[n, columns]` with at least one row.
  init(of rows: NDArray) {
    let (count, width) = (rows.shape[0], rows.shape[1])
    var sums = [Double](repeating: 0, count: width)
    var squares = sums
    rows.withElements { x in
      for row in 0..<count { for column in 0..<width { sums[column] += Double(x[row * width + column]) } }
      for column in 0..<width { sums[column] /= Double(count) }
      for row in 0..<count {
        for column in 0..<width {
          let difference = Double(x[row * width + column]) - sums[column]
          squares[column] += difference * difference
        }
      }
    }
    means = sums.map { Float($0) }
    deviations = squares.map { Float(max(($0 / Double(count)).squareRoot(), Self.smallestDeviation)) }
  }

  func standardise(_ rows: NDArray) -> NDArray {
    let width = means.count
    return NDArray(rows.shape) { out in
      rows.withElements { x in
        for i in out.indices { out[i] = (x[i] - means[i % width]) / deviations[i % width] }
      }
    }
  }
}
