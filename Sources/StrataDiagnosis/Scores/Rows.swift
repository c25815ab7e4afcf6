import StrataTensor

/// One number per row of a matrix.
@inline(__always)
func reduceRows(_ rows: NDArray, _ body: (UnsafeBufferPointer<Float>) -> Float) -> [Float] {
  let width = rows.shape[1]
  return rows.withElements { x in
    (0..<rows.shape[0]).map { body(UnsafeBufferPointer(rebasing: x[$0 * width..<($0 + 1) * width])) }
  }
}

/// The Euclidean length of every row.
func lengths(of rows: NDArray) -> [Float] { squaredLengths(of: rows).map { Float($0.squareRoot()) } }

/// The largest element of every row, at least zero.
func largest(of rows: NDArray) -> [Float] { reduceRows(rows) { $0.reduce(0) { max($0, $1) } } }

/// A matrix with every element replaced, given its column.
@inline(__always)
func mapColumns(of rows: NDArray, _ transform: (Float, Int) -> Float) -> NDArray {
  let width = rows.shape[1]
  return NDArray(rows.shape) { out in
    rows.withElements { x in
      for row in 0..<rows.shape[0] {
        for column in 0..<width { out[row * width + column] = transform(x[row * width + column], column) }
      }
    }
  }
}

extension NDArray {
  /// The absolute value of every element.
  var absolute: NDArray { NDArray(shape) { out in withElements { x in for i in out.indices { out[i] = abs(x[i]) } } } }
}
