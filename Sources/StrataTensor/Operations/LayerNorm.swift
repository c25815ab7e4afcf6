internal import CStrataKernels

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
  let (value, gain) = (x.value, scale.value)
  let (result, means, reciprocals) = normalized(value, gain, shift.value, epsilon)
  return Tensor(result, "layerNorm", from: [x, scale, shift]) { upstream, _ in
    let width = gain.count
    var sums = [Double](repeating: 0, count: 2 * width)
    let dx = NDArray(value.shape) { out in
      guard out.count > 0 else { return }
      sums.withUnsafeMutableBufferPointer { sums in
        withExtendedLifetime((upstream, value, means, reciprocals, gain)) {
          kernels.layer_norm_slope(
            out.baseAddress!, sums.baseAddress!, sums.baseAddress! + width, upstream.start, value.start, means.start,
            reciprocals.start, gain.start, value.shape.rowCount, width)
        }
      }
    }
    return [dx, NDArray([width], sums[..<width].map { Float($0) }), NDArray([width], sums[width...].map { Float($0) })]
  }
}

/// Returns each vector of the last axis normalised, scaled and shifted; see the differentiable form.
public func layerNorm(_ x: NDArray, scale: NDArray, shift: NDArray, epsilon: Float = 1e-5) -> NDArray {
  normalized(x, scale, shift, epsilon).value
}

private func normalized(
  _ x: NDArray, _ scale: NDArray, _ shift: NDArray, _ epsilon: Float
) -> (value: NDArray, means: NDArray, reciprocals: NDArray) {
  let (rows, width) = (x.shape.rowCount, x.shape.last)
  require(
    scale.shape == [width] && shift.shape == [width],
    "layerNorm: scale \(scale.shape) and shift \(shift.shape) do not fit \(x.shape)")
  var means = NDArray([rows], repeating: 0), reciprocals = means
  let value = NDArray(x.shape) { out in
    guard out.count > 0 else { return }
    means.withMutableElements { means in
      reciprocals.withMutableElements { reciprocals in
        withExtendedLifetime((x, scale, shift)) {
          kernels.layer_norm(
            out.baseAddress!, means.baseAddress!, reciprocals.baseAddress!, x.start, scale.start, shift.start, rows,
            width,
            epsilon)
        }
      }
    }
  }
  return (value, means, reciprocals)
}
