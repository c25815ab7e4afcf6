/// Returns each vector of the last axis divided by its root mean square, then scaled per element.
///
/// - Parameters:
///   - x: Shape `[..., width]`.
///   - scale: Shape `[width]`.
///   - epsilon: Added to the mean square.
///
/// Reference: Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.
public func rmsNorm(_ x: Tensor, scale: Tensor, epsilon: Float = 1e-5) -> Tensor {
  let (value, gain) = (x.value, scale.value)
  let reciprocal = reciprocalRootMeanSquare(value, gain.shape, epsilon)
  return Tensor(value * reciprocal * gain, "rmsNorm", from: [x, scale]) { upstream, _ in
    let y = value * reciprocal
    let scaled = upstream * gain
    let dx = (scaled - y * (scaled * y).mean(over: [-1], keepingAxes: true)) * reciprocal
    return [dx, (upstream * y).summed(to: gain.shape)]
  }
}

/// Returns each vector of the last axis divided by its root mean square, then scaled per element.
public func rmsNorm(_ x: NDArray, scale: NDArray, epsilon: Float = 1e-5) -> NDArray {
  x * reciprocalRootMeanSquare(x, scale.shape, epsilon) * scale
}

private func reciprocalRootMeanSquare(_ x: NDArray, _ scale: Shape, _ epsilon: Float) -> NDArray {
  require(scale == [x.shape.last], "rmsNorm: scale \(scale) does not fit \(x.shape)")
  return square(x).mean(over: [-1], keepingAxes: true).mapped { 1 / ($0 + epsilon).squareRoot() }
}
