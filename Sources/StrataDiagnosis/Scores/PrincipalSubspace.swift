import StrataTensor

/// The directions that hold most of the variance of training rows.
///
/// Reference: Jolliffe, "Principal Component Analysis", 2002, §10.1.
struct PrincipalSubspace: Sendable {
  /// Orthonormal, largest variance first, of shape `[kept, column]`.
  let directions: NDArray

  /// A subspace of known directions.
  init(directions: NDArray) { self.directions = directions }

  /// Keeps as few directions as hold the share `keptVariance` of the variance.
  ///
  /// - Throws: `LinearAlgebraError`.
  /// - Precondition: The columns of `rows`, of shape `[n, column]`, have mean zero.
  init(fittedTo rows: NDArray, keptVariance: Double) throws {
    let matrix = Matrix(rows)
    let (values, vectors) = try symmetricEigen(matmul(matrix, matrix, transposeA: true))
    let total = values.reduce(0) { $0 + max($1, 0) }
    var kept = 0
    var variance = 0.0
    while kept < values.count, variance < keptVariance * total {
      kept += 1
      variance += max(values[values.count - kept], 0)
    }
    let width = rows.shape[1]
    directions = NDArray([kept, width]) { out in
      for i in 0..<kept { for c in 0..<width { out[i * width + c] = Float(vectors[c, width - 1 - i]) } }
    }
  }

  /// Per row, the largest residual of a column outside the subspace over that column's `deviation`.
  ///
  /// The result of a row has the same bits whatever rows are beside it.
  func largestResiduals(of rows: NDArray, over deviations: [Float]) -> [Float] {
    let (kept, width) = (directions.shape[0], directions.shape[1])
    return directions.withElements { directions in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { residual in
        reduceRows(rows) { row in
          for column in 0..<width { residual[column] = Double(row[column]) }
          for direction in 0..<kept {
            let along = UnsafeBufferPointer(rebasing: directions[direction * width..<(direction + 1) * width])
            var length = 0.0
            for column in 0..<width { length += Double(row[column]) * Double(along[column]) }
            for column in 0..<width { residual[column] -= length * Double(along[column]) }
          }
          var largest = 0.0
          for column in 0..<width { largest = max(largest, abs(residual[column]) / Double(deviations[column])) }
          return Float(largest)
        }
      }
    }
  }

  /// What of the rows lies outside the subspace; of the same shape.
  func residuals(of rows: NDArray) -> NDArray {
    guard directions.shape[0] > 0 else { return rows }
    return rows - matmul(matmul(rows, directions, transposeB: true), directions)
  }
}
