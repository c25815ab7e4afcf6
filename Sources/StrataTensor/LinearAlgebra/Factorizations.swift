internal import COpenBLAS

// Factorizations over LAPACK. Signs that the mathematics leaves open are fixed, so that results do not depend on the
// library's blocking: eigenvectors and right singular vectors have their largest component positive, and R has a
// non-negative diagonal.

/// Returns the eigenvalues of a symmetric matrix in ascending order, and its eigenvectors as columns.
///
/// Only the lower triangle is read.
///
/// - Throws: `notFinite`; `notConverged`.
/// - Precondition: The matrix is square.
public func symmetricEigen(_ a: Matrix) throws(LinearAlgebraError) -> (values: [Double], vectors: Matrix) {
  try prepare(a, "symmetricEigen", isSquare: true)
  let n = a.rows
  var vectors = a
  var values = [Double](repeating: 0, count: n)
  guard n > 0 else { return (values, vectors) }
  let info = LAPACKE_dsyevd(
    LAPACK_ROW_MAJOR, letter("V"), letter("L"), Int32(n), &vectors.elements, Int32(n), &values)
  if info > 0 { throw .notConverged(routine: "symmetricEigen", remaining: Int(info)) }
  for column in 0..<n where largestIsNegative((0..<n).map { vectors.elements[$0 * n + column] }) {
    for row in 0..<n { vectors.elements[row * n + column].negate() }
  }
  return (values, vectors)
}

/// Returns the thin singular value decomposition `a = u · diag(s) · vt`, singular values in descending order.
///
/// - Returns: `u` with `min(rows, columns)` columns, and `vt` with as many rows.
/// - Throws: `notFinite`; `notConverged`.
public func svd(_ a: Matrix) throws(LinearAlgebraError) -> (u: Matrix, s: [Double], vt: Matrix) {
  try prepare(a, "svd")
  let (m, n) = (a.rows, a.columns)
  let k = min(m, n)
  var copy = a.elements
  var u = Matrix(rows: m, columns: k, repeating: 0), vt = Matrix(rows: k, columns: n, repeating: 0)
  var s = [Double](repeating: 0, count: k)
  guard k > 0 else { return (u, s, vt) }
  let info = LAPACKE_dgesdd(
    LAPACK_ROW_MAJOR, letter("S"), Int32(m), Int32(n), &copy, Int32(n), &s, &u.elements, Int32(k),
    &vt.elements, Int32(n))
  if info > 0 { throw .notConverged(routine: "svd", remaining: Int(info)) }
  for i in 0..<k where largestIsNegative(vt.elements[i * n..<(i + 1) * n]) {
    for column in 0..<n { vt.elements[i * n + column].negate() }
    for row in 0..<m { u.elements[row * k + i].negate() }
  }
  return (u, s, vt)
}

/// Returns the singular values of a matrix in descending order.
public func singularValues(_ a: Matrix) throws(LinearAlgebraError) -> [Double] { try svd(a).s }

/// Returns the lower triangular `l` with `a = l · lᵀ`. Only the lower triangle of `a` is read.
///
/// - Throws: `notFinite`; `notPositiveDefinite`.
/// - Precondition: The matrix is square.
public func cholesky(_ a: Matrix) throws(LinearAlgebraError) -> Matrix {
  try prepare(a, "cholesky", isSquare: true)
  let n = a.rows
  var l = a
  guard n > 0 else { return l }
  let info = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, letter("L"), Int32(n), &l.elements, Int32(n))
  if info > 0 { throw .notPositiveDefinite(routine: "cholesky", order: Int(info)) }
  for row in 0..<n { for column in (row + 1)..<max(n, row + 1) { l.elements[row * n + column] = 0 } }
  return l
}

/// Returns `q` with orthonormal columns and upper triangular `r` with `a = q · r`.
///
/// - Returns: `q` with `min(rows, columns)` columns, and `r` with as many rows and a non-negative diagonal.
/// - Throws: `notFinite`.
public func qr(_ a: Matrix) throws(LinearAlgebraError) -> (q: Matrix, r: Matrix) {
  try prepare(a, "qr")
  let (m, n) = (a.rows, a.columns)
  let k = min(m, n)
  var q = Matrix(rows: m, columns: k, repeating: 0), r = Matrix(rows: k, columns: n, repeating: 0)
  guard k > 0 else { return (q, r) }
  var factored = a.elements
  var scalars = [Double](repeating: 0, count: k)
  _ = LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, Int32(m), Int32(n), &factored, Int32(n), &scalars)
  for row in 0..<k { for column in row..<n { r.elements[row * n + column] = factored[row * n + column] } }
  for row in 0..<m { for column in 0..<k { q.elements[row * k + column] = factored[row * n + column] } }
  _ = LAPACKE_dorgqr(LAPACK_ROW_MAJOR, Int32(m), Int32(k), Int32(k), &q.elements, Int32(k), scalars)
  for i in 0..<k where r.elements[i * n + i] < 0 {
    for column in i..<n { r.elements[i * n + column].negate() }
    for row in 0..<m { q.elements[row * k + i].negate() }
  }
  return (q, r)
}

/// Sees to OpenBLAS's threads and checks the input of a routine.
func prepare(_ a: Matrix, _ routine: String, isSquare: Bool = false) throws(LinearAlgebraError) {
  useOneThread()
  require(!isSquare || a.rows == a.columns, "\(routine): [\(a.rows), \(a.columns)] is not square")
  if let place = a.elements.firstIndex(where: { !$0.isFinite }) {
    throw .notFinite(routine: routine, row: place / a.columns, column: place % a.columns)
  }
}

private func largestIsNegative(_ vector: some Collection<Double>) -> Bool {
  var largest = 0.0
  for x in vector where x.magnitude > largest.magnitude { largest = x }
  return largest < 0
}

/// An option of a LAPACK routine.
func letter(_ letter: Unicode.Scalar) -> CChar { CChar(UInt8(ascii: letter)) }
