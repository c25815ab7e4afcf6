/// Returns each vector of the last axis with mean zero and variance one, then scaled and shifted per element.
///
/// - Parameters:
///   - x: Shape `[..., width]`.
///   - scale: Shape `[width]`.
///   - shift: Shape `[width]`.
///   - epsilon: Added to the variance.
///
/// Reference: Ba, Kiros and Hinton, "Layer Normalization", arXiv:1607.06450, 2016.
public func layerNorm(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5) -> Tensor {
  let width = x.shape.last
  require(
    scale.shape == [width] && shift.shape == [width],
    "layerNorm: scale \(scale.shape) and shift \(shift.shape) do not fit \(x.shape)")
  let (value, gain) = (x.value, scale.value)
  let statistics = RowStatistics(value, epsilon: epsilon)
  let result = statistics.normalized(value, gain, shift.value)
  return Tensor(result, "layerNorm", from: [x, scale, shift]) { upstream, wanted in
    statistics.gradients(upstream, value, gain)
  }
}

/// Returns each vector of the last axis normalised, scaled and shifted; see the differentiable form.
public func layerNorm(_ x: NDArray, scale: NDArray, shift: NDArray, epsilon: Float = 1e-5) -> NDArray {
  let width = x.shape.last
  require(
    scale.shape == [width] && shift.shape == [width],
    "layerNorm: scale \(scale.shape) and shift \(shift.shape) do not fit \(x.shape)")
  return RowStatistics(x, epsilon: epsilon).normalized(x, scale, shift)
}

/// The mean and the reciprocal deviation of each row.
private struct RowStatistics: Sendable {
  let mean: NDArray, reciprocal: NDArray

  init(_ x: NDArray, epsilon: Float) {
    let (rows, width) = (x.shape.rowCount, x.shape.last)
    let flat = x.reshaped([rows, width])
    mean = flat.mean(over: [1], keepingAxes: true)
    reciprocal = flat.variance(over: [1], keepingAxes: true).mapped { 1 / ($0 + epsilon).squareRoot() }
  }

  func centred(_ x: NDArray) -> NDArray { (x.reshaped([x.shape.rowCount, x.shape.last]) - mean) * reciprocal }

  func normalized(_ x: NDArray, _ scale: NDArray, _ shift: NDArray) -> NDArray {
    (centred(x) * scale + shift).reshaped(x.shape)
  }

  func gradients(_ upstream: NDArray, _ x: NDArray, _ scale: NDArray) -> [NDArray?] {
    let y = centred(x)
    let g = upstream.reshaped(y.shape)
    let scaled = g * scale
    let dx =
      (scaled - scaled.mean(over: [1], keepingAxes: true) - y * (scaled * y).mean(over: [1], keepingAxes: true))
      * reciprocal
    return [dx.reshaped(x.shape), (g * y).sum(over: [0]), g.sum(over: [0])]
  }
}
