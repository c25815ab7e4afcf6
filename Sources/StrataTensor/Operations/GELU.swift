#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Which formula the Gaussian error linear unit uses.
public enum GELUApproximation: String, Sendable, Codable, CaseIterable {
  /// `x · Φ(x)`, with the error function.
  case exact
  /// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
  case tanh
}

/// Returns the Gaussian error linear unit `x · Φ(x)`, element by element.
///
/// Reference: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415, 2016.
public func gelu(_ x: NDArray, approximation: GELUApproximation = .exact) -> NDArray {
  switch approximation {
  case .exact: x.mapped { 0.5 * $0 * (1 + erf($0 * 0.70710678)) }
  case .tanh: x.mapped { 0.5 * $0 * (1 + tanh(0.79788456 * ($0 + 0.044715 * $0 * $0 * $0))) }
  }
}

/// Returns the Gaussian error linear unit `x · Φ(x)`, element by element.
public func gelu(_ x: Tensor, approximation: GELUApproximation = .exact) -> Tensor {
  let value = x.value
  return Tensor(
    gelu(value, approximation: approximation), "gelu",
    from: .input(x) { upstream in
      switch approximation {
      case .exact:
        upstream.zipped(with: value, "gelu") { g, x in
          g * (0.5 * (1 + erf(x * 0.70710678)) + x * 0.39894228 * exp(-0.5 * x * x))
        }
      case .tanh:
        upstream.zipped(with: value, "gelu") { g, x in
          let t = tanh(0.79788456 * (x + 0.044715 * x * x * x))
          return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.79788456 * (1 + 0.134145 * x * x))
        }
      }
    })
}
