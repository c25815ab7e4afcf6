import StrataTensor
import TestSupport
import Testing

@Suite struct LinearAlgebraTests {
  let goldens: Goldens
  init() throws { goldens = try Goldens("linearAlgebra", in: .module) }

  private func matrix(_ name: String, of golden: String) -> Matrix {
    guard case .object(let object)? = goldens.cases[golden]?[name], case .list(let shape)? = object["shape"],
      case .list(let values)? = object["values"]
    else { fatalError("no matrix '\(name)' in '\(golden)'") }
    let extents = shape.map { Int($0.double) }
    return Matrix(rows: extents[0], columns: extents.count > 1 ? extents[1] : 1, values.map(\.double))
  }

  private func expectEqual(_ a: Matrix, _ b: Matrix, _ comment: String = "") {
    #expect(a.rows == b.rows && a.columns == b.columns)
    expectClose(a.elements, b.elements, relative: 1e-10, absolute: 1e-11, comment)
  }

  @Test func symmetricEigenvaluesMatchReferenceValues() throws {
    let a = matrix("a", of: "symmetricEigen")
    let (values, vectors) = try symmetricEigen(a)
    expectEqual(Matrix(rows: values.count, columns: 1, values), matrix("values", of: "symmetricEigen"))
    expectEqual(vectors, matrix("vectors", of: "symmetricEigen"))
    let single = try symmetricEigen(a.array)
    expectClose(
      single.values, Matrix(rows: values.count, columns: 1, values).array.reshaped([values.count]), absolute: 1e-5)
    expectClose(single.vectors, vectors.array, absolute: 1e-5)
  }

  @Test(arguments: ["tall", "wide"]) func decompositionsMatchReferenceValues(shape: String) throws {
    let a = matrix("a", of: "svd.\(shape)")
    let (u, s, vt) = try svd(a)
    expectEqual(u, matrix("u", of: "svd.\(shape)"))
    expectEqual(Matrix(rows: s.count, columns: 1, s), matrix("s", of: "svd.\(shape)"))
    expectEqual(vt, matrix("vt", of: "svd.\(shape)"))
    #expect(try singularValues(a) == s)
    let (q, r) = try qr(a)
    expectEqual(q, matrix("q", of: "qr.\(shape)"))
    expectEqual(r, matrix("r", of: "qr.\(shape)"))
    expectEqual(matmul(q, r), a)
    expectEqual(matmul(q, q, transposeA: true), .identity(q.columns))
  }

  @Test func systemsMatchReferenceValues() throws {
    let positive = matrix("a", of: "cholesky")
    let l = try cholesky(positive)
    expectEqual(l, matrix("l", of: "cholesky"))
    expectEqual(try choleskySolve(positive, matrix("b", of: "cholesky")), matrix("x", of: "cholesky"))
    expectEqual(try solve(matrix("a", of: "solve"), matrix("b", of: "solve")), matrix("x", of: "solve"))
    expectClose(
      try solve(positive.array, NDArray([5], repeating: 1)),
      try choleskySolve(positive.array, NDArray([5], repeating: 1)))
  }

  @Test(arguments: ["tall", "wide", "deficient"]) func leastSquaresMatchReferenceValues(shape: String) throws {
    let name = "leastSquares.\(shape)"
    expectEqual(try leastSquares(matrix("a", of: name), matrix("b", of: name)), matrix("x", of: name))
  }

  @Test func signsAreFixed() throws {
    var generator = Generator(seed: 8)
    let a = Matrix(generator.normalArray([6, 6]))
    let symmetric = Matrix(rows: 6, columns: 6, zip(a.elements, a.transposed().elements).map { $0 + $1 })
    let vectors = try symmetricEigen(symmetric).vectors.transposed()
    for row in 0..<6 {
      let vector = vectors.elements[row * 6..<row * 6 + 6]
      #expect(vector.max { $0.magnitude < $1.magnitude }! > 0)
    }
    let r = try qr(a).r
    #expect((0..<6).allSatisfy { r[$0, $0] >= 0 })
  }

  @Test func emptyMatricesAreFactored() throws {
    let none = Matrix(rows: 0, columns: 0, [])
    #expect(try symmetricEigen(none).values.isEmpty && svd(none).s.isEmpty && cholesky(none).rows == 0)
    #expect(try leastSquares(Matrix(rows: 0, columns: 2, []), Matrix(rows: 0, columns: 1, [])).elements == [0, 0])
    #expect(matmul(Matrix(rows: 2, columns: 0, []), Matrix(rows: 0, columns: 1, [])).elements == [0, 0])
  }

  @Test func failuresAreNamed() throws {
    let singular = Matrix(rows: 2, columns: 2, [1, 2, 2, 4])
    let one = Matrix(rows: 2, columns: 1, [1, 1])
    let indefinite = Matrix(rows: 2, columns: 2, [1, 2, 2, 1])
    let broken = Matrix(rows: 2, columns: 2, [1, 0, .nan, 1])
    func message(_ body: () throws(LinearAlgebraError) -> Void) -> String? {
      do throws(LinearAlgebraError) { try body() } catch { return error.description }
      return nil
    }
    #expect(
      message { () throws(LinearAlgebraError) in _ = try solve(singular, one) }
        == "solve: the matrix is singular: pivot 1 is zero")
    #expect(
      message { () throws(LinearAlgebraError) in _ = try cholesky(indefinite) }
        == "cholesky: the matrix is not positive definite: its leading minor of order 2 is not positive")
    #expect(
      message { () throws(LinearAlgebraError) in _ = try choleskySolve(indefinite, one) }
        == "choleskySolve: the matrix is not positive definite: its leading minor of order 2 is not positive")
    #expect(
      message { () throws(LinearAlgebraError) in _ = try symmetricEigen(broken) }
        == "symmetricEigen: the element in row 1, column 0 is not a finite number")
    #expect(throws: LinearAlgebraError.notFinite(routine: "svd", row: 1, column: 0)) { try svd(broken) }
    #expect(throws: LinearAlgebraError.notFinite(routine: "qr", row: 1, column: 0)) { try qr(broken) }
    #expect(throws: LinearAlgebraError.notFinite(routine: "leastSquares", row: 0, column: 0)) {
      try leastSquares(singular, Matrix(rows: 2, columns: 1, [.infinity, 1]))
    }
    #expect(
      LinearAlgebraError.notConverged(routine: "svd", remaining: 3).description
        == "svd: did not converge: 3 values are missing")
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "symmetricEigen: [2, 3] is not square": { _ = try? symmetricEigen(Matrix(rows: 2, columns: 3, repeating: 0)) },
    "solve: [2, 2] and [3, 1] have different numbers of rows": {
      _ = try? solve(Matrix.identity(2), Matrix(rows: 3, columns: 1, repeating: 0))
    },
    "matmul: inner dimensions differ: [2, 3] and [2, 3]": {
      _ = matmul(Matrix(rows: 2, columns: 3, repeating: 0), Matrix(rows: 2, columns: 3, repeating: 0))
    },
    "Matrix: 3 elements do not fill [2, 2]": { _ = Matrix(rows: 2, columns: 2, [1, 2, 3]) },
    "Matrix: [0, 2] is outside [2, 2]": { _ = Matrix.identity(2)[0, 2] },
    "Matrix: [1, 2, 3] is not a vector or a matrix": { _ = Matrix(NDArray([1, 2, 3], repeating: 0)) },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
