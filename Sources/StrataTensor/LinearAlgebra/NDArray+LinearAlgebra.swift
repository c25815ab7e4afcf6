// The same routines on arrays. They are solved in double precision and rounded once at the end: conversion costs less
// than the factorization, and a covariance in single precision has lost half of its digits before LAPACK sees it.

/// Returns the eigenvalues of a symmetric matrix in ascending order, and its eigenvectors as columns.
public func symmetricEigen(_ a: NDArray) throws(LinearAlgebraError) -> (values: NDArray, vectors: NDArray) {
  let (values, vectors) = try symmetricEigen(Matrix(a))
  return (vector(values), vectors.array)
}

/// Returns the thin singular value decomposition `a = u · diag(s) · vt`, singular values in descending order.
public func svd(_ a: NDArray) throws(LinearAlgebraError) -> (u: NDArray, s: NDArray, vt: NDArray) {
  let (u, s, vt) = try svd(Matrix(a))
  return (u.array, vector(s), vt.array)
}

/// Returns the singular values of a matrix in descending order.
public func singularValues(_ a: NDArray) throws(LinearAlgebraError) -> NDArray { vector(try singularValues(Matrix(a))) }

/// Returns the lower triangular `l` with `a = l · lᵀ`.
public func cholesky(_ a: NDArray) throws(LinearAlgebraError) -> NDArray { try cholesky(Matrix(a)).array }

/// Returns `q` with orthonormal columns and upper triangular `r`, of non-negative diagonal, with `a = q · r`.
public func qr(_ a: NDArray) throws(LinearAlgebraError) -> (q: NDArray, r: NDArray) {
  let (q, r) = try qr(Matrix(a))
  return (q.array, r.array)
}

/// Returns `x` with `a · x = b`; `b` and `x` are vectors or matrices.
public func solve(_ a: NDArray, _ b: NDArray) throws(LinearAlgebraError) -> NDArray {
  shaped(try solve(Matrix(a), Matrix(b)), like: b)
}

/// Returns `x` with `a · x = b` for a symmetric positive definite `a`; `b` and `x` are vectors or matrices.
public func choleskySolve(_ a: NDArray, _ b: NDArray) throws(LinearAlgebraError) -> NDArray {
  shaped(try choleskySolve(Matrix(a), Matrix(b)), like: b)
}

/// Returns the least-squares solution of least norm; `b` and `x` are vectors or matrices.
public func leastSquares(_ a: NDArray, _ b: NDArray) throws(LinearAlgebraError) -> NDArray {
  shaped(try leastSquares(Matrix(a), Matrix(b)), like: b)
}

private func vector(_ values: [Double]) -> NDArray { NDArray([values.count], values.map { Float($0) }) }

private func shaped(_ x: Matrix, like b: NDArray) -> NDArray {
  b.shape.rank == 1 ? x.array.reshaped([x.rows]) : x.array
}
