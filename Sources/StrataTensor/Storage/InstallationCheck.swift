internal import CStrataKernels

/// A small computation with a known result: what tells a working installation from a broken one.
public struct InstallationCheck: Codable, Hashable, Sendable {
  public let name: String
  /// What was wrong; `nil` when it passed.
  public let problem: String?
  /// What to do when it did not pass.
  public let remedy: String

  /// Runs every check.
  public static func all() -> [InstallationCheck] {
    let maps = DenseMapProbe.Weights.allCases.map(denseMap)
    return [product(), summation()] + maps + [attention(), checksum(), factorization()]
  }

  init(_ name: String, remedy: String, problem: String?) {
    (self.name, self.problem, self.remedy) = (name, problem, remedy)
  }

  static let kernelRemedy = "try STRATA_KERNELS=portable, and report the processor"
  private static let libraryRemedy = "reinstall OpenBLAS and LAPACKE, or try OPENBLAS_CORETYPE=Haswell"

  private static func sample(_ shape: Shape) -> NDArray {
    NDArray(shape) { out in for i in out.indices { out[i] = Float((i * 37 + 11) % 23) / 23 - 0.5 } }
  }

  /// Compares a matrix product with sums in double precision.
  private static func product() -> InstallationCheck {
    let (rows, inner, columns) = (37, 65, 19)
    let (a, b) = (sample([rows, inner]), sample([inner, columns]))
    let c = matmul(a, b).elements
    let (x, y) = (a.elements, b.elements)
    var error = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        let exact = (0..<inner).reduce(0.0) { $0 + Double(x[row * inner + $1]) * Double(y[$1 * columns + column]) }
        error = max(error, abs(exact - Double(c[row * columns + column])))
      }
    }
    return InstallationCheck(
      "matrix product", remedy: libraryRemedy, problem: error < 1e-4 ? nil : "differs by \(error) from the exact one")
  }

  private static func summation() -> InstallationCheck {
    let array = sample([1003])
    let exact = array.elements.reduce(0.0) { $0 + Double($1) }
    return InstallationCheck(
      "summation", remedy: kernelRemedy,
      problem: abs(array.total - exact) < 1e-6 ? nil : "gave \(array.total) instead of \(exact)")
  }

  /// The check value of CRC-32C.
  private static func checksum() -> InstallationCheck {
    let found = Array("123456789".utf8).withUnsafeBytes { sk_crc32c($0.baseAddress, $0.count, 0) }
    return InstallationCheck(
      "checksum", remedy: kernelRemedy,
      problem: found == 0xE306_9283 ? nil : "gave \(String(found, radix: 16)) instead of e3069283")
  }

  private static func factorization() -> InstallationCheck {
    let matrix = Matrix(rows: 2, columns: 2, [4, 2, 2, 5])
    let expected: [Double] = [2, 0, 1, 2]
    let problem: String?
    do throws(LinearAlgebraError) {
      let found = try cholesky(matrix).elements
      problem = zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 } ? nil : "gave \(found) instead of \(expected)"
    } catch { problem = "\(error)" }
    return InstallationCheck("factorization", remedy: libraryRemedy, problem: problem)
  }
}
