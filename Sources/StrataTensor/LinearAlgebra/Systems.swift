internal import COpenBLAS

/// Returns `x` with `a · x = b`, by LU factorization with partial pivoting.
///
/// - Throws: `notFinite`; `singular`.
/// - Precondition: `a` is square, and `b` has as many rows.
public func solve(_ a: Matrix, _ b: Matrix) throws(LinearAlgebraError) -> Matrix {
  try prepare(a, b, "solve", isSquare: true)
  var (factored, x) = (a.elements, b)
  guard !b.elements.isEmpty else { return x }
  var pivots = [Int32](repeating: 0, count: a.rows)
  let info = LAPACKE_dgesv(
    LAPACK_ROW_MAJOR, Int32(a.rows), Int32(b.columns), &factored, Int32(a.rows), &pivots, &x.elements, Int32(b.columns))
  if info > 0 { throw .singular(routine: "solve", index: Int(info) - 1) }
  return x
}

/// Returns `x` with `a · x = b` for a symmetric positive definite `a`, of which only the lower triangle is read.
///
/// - Throws: `notFinite`; `notPositiveDefinite`.
/// - Precondition: `a` is square, and `b` has as many rows.
public func choleskySolve(_ a: Matrix, _ b: Matrix) throws(LinearAlgebraError) -> Matrix {
  try prepare(a, b, "choleskySolve", isSquare: true)
  var (factored, x) = (a.elements, b)
  guard !b.elements.isEmpty else { return x }
  let info = LAPACKE_dposv(
    LAPACK_ROW_MAJOR, letter("L"), Int32(a.rows), Int32(b.columns), &factored, Int32(a.rows), &x.elements,
    Int32(b.columns))
  if info > 0 { throw .notPositiveDefinite(routine: "choleskySolve", order: Int(info)) }
  return x
}

/// Returns the `x` of least norm among those that minimise `‖a · x - b‖`, column by column, for any rank of `a`.
///
/// - Throws: `notFinite`; `notConverged`.
/// - Precondition: `b` has as many rows as `a`.
public func leastSquares(_ a: Matrix, _ b: Matrix) throws(LinearAlgebraError) -> Matrix {
  try prepare(a, b, "leastSquares")
  let (m, n, columns) = (a.rows, a.columns, b.columns)
  guard m > 0, n > 0, columns > 0 else { return Matrix(rows: n, columns: columns, repeating: 0) }
  var factored = a.elements
  var x = b.elements + [Double](repeating: 0, count: max(n - m, 0) * columns)
  var s = [Double](repeating: 0, count: min(m, n))
  var rank: Int32 = 0
  // Singular values below `max(m, n) · ε` of the largest count as zero, as in NumPy.
  let cutoff = Double(max(m, n)) * .ulpOfOne
  let info = LAPACKE_dgelsd(
    LAPACK_ROW_MAJOR, Int32(m), Int32(n), Int32(columns), &factored, Int32(n), &x, Int32(columns), &s, cutoff, &rank)
  if info > 0 { throw .notConverged(routine: "leastSquares", remaining: Int(info)) }
  return Matrix(rows: n, columns: columns, Array(x[..<(n * columns)]))
}

private func prepare(_ a: Matrix, _ b: Matrix, _ routine: String, isSquare: Bool = false) throws(LinearAlgebraError) {
  try prepare(a, routine, isSquare: isSquare)
  try prepare(b, routine)
  require(
    a.rows == b.rows,
    "\(routine): [\(a.rows), \(a.columns)] and [\(b.rows), \(b.columns)] have different numbers of rows")
}
