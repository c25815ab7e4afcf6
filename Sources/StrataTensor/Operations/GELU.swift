internal import CStrataKernels

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
  x.mapped(approximation == .exact ? kernels.gelu : kernels.gelu_tanh)
}

/// Returns the Gaussian error linear unit `x · Φ(x)`, element by element.
public func gelu(_ x: Tensor, approximation: GELUApproximation = .exact) -> Tensor {
  let value = x.value
  return Tensor(
    gelu(value, approximation: approximation), "gelu",
    from: .input(x) {
      $0.sloped(approximation == .exact ? kernels.gelu_slope : kernels.gelu_tanh_slope, value, "gelu")
    })
}
