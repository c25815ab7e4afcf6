import StrataTensor

/// Checks that a matrix of embeddings, one per row, can be compared: it has rows, and no element is NaN or infinite.
func requireComparable(_ embeddings: Matrix...) throws(EvaluationError) {
  for matrix in embeddings {
    if matrix.rows == 0 { throw .empty }
    if let index = matrix.elements.firstIndex(where: \.isNaN) { throw .notANumber(index: index) }
    if let index = matrix.elements.firstIndex(where: \.isInfinite) { throw .notFinite(index: index) }
  }
}

extension Matrix {
  /// The rows divided by their length, at least 1e-12, so that a row of zeros stays one.
  func unitRows() -> Matrix {
    var result = self
    for row in 0..<rows {
      let range = row * columns..<(row + 1) * columns
      let length = max(elements[range].reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
      for index in range { result.elements[index] /= length }
    }
    return result
  }

  /// The sum over the columns of `term` of this matrix's `row` and the other's `otherRow`, always in the same order, so
  /// that equal rows give equal sums.
  func sum(row: Int, _ other: Matrix, _ otherRow: Int, _ term: (Double, Double) -> Double) -> Double {
    elements.withUnsafeBufferPointer { first in
      other.elements.withUnsafeBufferPointer { second in
        (0..<columns).reduce(0) { $0 + term(first[row * columns + $1], second[otherRow * columns + $1]) }
      }
    }
  }

  func squaredDistance(row: Int, _ other: Matrix, _ otherRow: Int) -> Double {
    sum(row: row, other, otherRow) { ($0 - $1) * ($0 - $1) }
  }
}
