internal import COpenBLAS

/// A dense, row-major matrix in double precision: what statistics are solved in.
public struct Matrix: Sendable, Equatable {
  public let rows: Int, columns: Int
  public var elements: [Double]

  /// - Precondition: `elements` fills the matrix exactly.
  public init(rows: Int, columns: Int, _ elements: [Double]) {
    require(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "Matrix: \(elements.count) elements do not fill [\(rows), \(columns)]")
    (self.rows, self.columns, self.elements) = (rows, columns, elements)
  }

  public init(rows: Int, columns: Int, repeating value: Double) {
    self.init(rows: rows, columns: columns, [Double](repeating: value, count: rows * columns))
  }

  /// A matrix of the elements of an array; a vector becomes one column.
  ///
  /// - Precondition: The array has one or two axes.
  public init(_ array: NDArray) {
    require(array.shape.rank == 1 || array.shape.rank == 2, "Matrix: \(array.shape) is not a vector or a matrix")
    self.init(
      rows: array.shape[0], columns: array.shape.rank == 2 ? array.shape[1] : 1, array.elements.map { Double($0) })
  }

  public static func identity(_ order: Int) -> Matrix {
    var matrix = Matrix(rows: order, columns: order, repeating: 0)
    for i in 0..<order { matrix[i, i] = 1 }
    return matrix
  }

  public subscript(_ row: Int, _ column: Int) -> Double {
    get {
      require(contains(row, column), "Matrix: [\(row), \(column)] is outside [\(rows), \(columns)]")
      return elements[row * columns + column]
    }
    set {
      require(contains(row, column), "Matrix: [\(row), \(column)] is outside [\(rows), \(columns)]")
      elements[row * columns + column] = newValue
    }
  }

  private func contains(_ row: Int, _ column: Int) -> Bool {
    row >= 0 && row < rows && column >= 0 && column < columns
  }

  /// The elements rounded to single precision, of shape `[rows, columns]`.
  public var array: NDArray { NDArray([rows, columns], elements.map { Float($0) }) }

  public func transposed() -> Matrix {
    var result = Matrix(rows: columns, columns: rows, repeating: 0)
    for row in 0..<rows {
      for column in 0..<columns { result.elements[column * rows + row] = elements[row * columns + column] }
    }
    return result
  }
}

/// Returns the product of two matrices, either of them transposed on the way.
///
/// - Precondition: The inner extents agree.
public func matmul(_ a: Matrix, _ b: Matrix, transposeA: Bool = false, transposeB: Bool = false) -> Matrix {
  let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
  let (inner, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
  require(
    k == inner,
    "matmul: inner dimensions differ: [\(a.rows), \(a.columns)]\(transposeA ? " transposed" : "") and "
      + "[\(b.rows), \(b.columns)]\(transposeB ? " transposed" : "")")
  var result = Matrix(rows: m, columns: n, repeating: 0)
  guard m > 0, n > 0, k > 0 else { return result }
  useOneThread()
  cblas_dgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n),
    Int32(k), 1, a.elements, Int32(a.columns), b.elements, Int32(b.columns), 0, &result.elements, Int32(n))
  return result
}
