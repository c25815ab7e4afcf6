package import StrataTensor

/// One number per row of a matrix.
@inline(__always)
func reduceRows(_ rows: NDArray, _ body: (UnsafeBufferPointer<Float>) -> Float) -> [Float] {
  let width = rows.shape[1]
  return rows.withElements { x in
    (0..<rows.shape[0]).map { body(UnsafeBufferPointer(rebasing: x[$0 * width..<($0 + 1) * width])) }
  }
}

/// The squared length of every row.
func squaredLengths(of rows: NDArray) -> [Double] {
  let width = rows.shape[1]
  return rows.withElements { x in
    (0..<rows.shape[0]).map { row in
      let first = row * width
      return sumOfSquares(width) { Double(x[first + $0]) }
    }
  }
}

/// The sum of the squares of `count` elements, in eight partial sums that do not wait for each other.
@inline(__always)
func sumOfSquares(_ count: Int, _ element: (Int) -> Double) -> Double {
  var (even, odd) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
  var i = 0
  while i + 8 <= count {
    let a = SIMD4(element(i), element(i + 1), element(i + 2), element(i + 3))
    let b = SIMD4(element(i + 4), element(i + 5), element(i + 6), element(i + 7))
    even += a * a
    odd += b * b
    i += 8
  }
  var rest = 0.0
  while i < count {
    rest += element(i) * element(i)
    i += 1
  }
  let sums = even + odd
  return (sums.x + sums.y) + (sums.z + sums.w) + rest
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

/// At most `limit` rows of a matrix, evenly spaced.
package func evenlySpaced(_ rows: NDArray, atMost limit: Int) -> NDArray {
  let count = rows.shape[0]
  return count <= limit ? rows : gather(rows, rows: (0..<limit).map { $0 * count / limit })
}

extension NDArray {
  /// Some columns of a matrix, in the order given.
  func selecting(columns: [Int]) -> NDArray {
    let (count, width) = (shape[0], shape[1])
    return NDArray([count, columns.count]) { out in
      withElements { x in
        for row in 0..<count {
          for (index, column) in columns.enumerated() { out[row * columns.count + index] = x[row * width + column] }
        }
      }
    }
  }

  /// The same matrix with zeros in some columns.
  func clearing(columns: [Int]) -> NDArray {
    guard !columns.isEmpty else { return self }
    var result = self
    let width = shape[1]
    result.withMutableElements { out in
      for column in columns { for i in stride(from: column, to: out.count, by: width) { out[i] = 0 } }
    }
    return result
  }
}
