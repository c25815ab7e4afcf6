/// Why a matrix could not be factored or a system not be solved.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The matrix has no inverse: the pivot at `index` is exactly zero.
  case singular(routine: String, index: Int)
  /// The matrix is not positive definite: its leading minor of order `order` is not positive.
  case notPositiveDefinite(routine: String, order: Int)
  /// An iteration did not converge; `remaining` values are missing.
  case notConverged(routine: String, remaining: Int)
  /// The input holds an element that is infinite or not a number.
  case notFinite(routine: String, row: Int, column: Int)

  public var description: String {
    switch self {
    case .singular(let routine, let index): "\(routine): the matrix is singular: pivot \(index) is zero"
    case .notPositiveDefinite(let routine, let order):
      "\(routine): the matrix is not positive definite: its leading minor of order \(order) is not positive"
    case .notConverged(let routine, let remaining): "\(routine): did not converge: \(remaining) values are missing"
    case .notFinite(let routine, let row, let column):
      "\(routine): the element in row \(row), column \(column) is not a finite number"
    }
  }
}
