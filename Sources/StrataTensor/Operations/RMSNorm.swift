internal import CStrataKernels

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
  let (result, reciprocals) = normalized(value, gain, epsilon)
  return Tensor(result, "rmsNorm", from: [x, scale]) { upstream, _ in
    var sums = [Double](repeating: 0, count: gain.count)
    let dx = NDArray(value.shape) { out in
      guard out.count > 0 else { return }
      withExtendedLifetime((upstream, value, reciprocals, gain)) {
        kernels.rms_norm_slope(
          out.baseAddress!, &sums, upstream.start, value.start, reciprocals.start, gain.start, value.shape.rowCount,
          gain.count)
      }
    }
    return [dx, NDArray(gain.shape, sums.map { Float($0) })]
  }
}

/// Returns each vector of the last axis divided by its root mean square, then scaled per element.
public func rmsNorm(_ x: NDArray, scale: NDArray, epsilon: Float = 1e-5) -> NDArray {
  normalized(x, scale, epsilon).value
}

private func normalized(_ x: NDArray, _ scale: NDArray, _ epsilon: Float) -> (value: NDArray, reciprocals: NDArray) {
  require(scale.shape == [x.shape.last], "rmsNorm: scale \(scale.shape) does not fit \(x.shape)")
  var reciprocals = NDArray([x.shape.rowCount], repeating: 0)
  let value = NDArray(x.shape) { out in
    guard out.count > 0 else { return }
    reciprocals.withMutableElements { reciprocals in
      withExtendedLifetime((x, scale)) {
        kernels.rms_norm(
          out.baseAddress!, reciprocals.baseAddress!, x.start, scale.start, reciprocals.count, scale.count, epsilon)
      }
    }
  }
  return (value, reciprocals)
}
