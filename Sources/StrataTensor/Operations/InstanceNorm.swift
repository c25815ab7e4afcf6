/// Returns each channel of each sequence with mean zero and variance one over time; no statistics cross the batch.
///
/// - Parameters:
///   - x: Shape `[batch, time, channel]`.
///   - scale: Shape `[channel]`, or absent.
///   - shift: Shape `[channel]`, or absent.
///   - epsilon: Added to the variance.
///
/// Reference: Ulyanov, Vedaldi and Lempitsky, "Instance Normalization", arXiv:1607.08022, 2016.
public func instanceNorm(_ x: Tensor, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5) -> Tensor {
  let (normalized, reciprocal) = normalizedOverTime(x.value, scale?.shape, shift?.shape, epsilon)
  var value = normalized
  if let scale { value = value * scale.value }
  if let shift { value = value + shift.value }
  let gain = scale?.value
  let hasShift = shift != nil
  return Tensor(value, "instanceNorm", from: [x] + [scale, shift].compactMap { $0 }) { upstream, _ in
    let scaled = gain.map { upstream * $0 } ?? upstream
    let dx =
      (scaled - scaled.mean(over: [1], keepingAxes: true)
        - normalized * (scaled * normalized).mean(over: [1], keepingAxes: true)) * reciprocal
    return [dx] + (gain == nil ? [] : [(upstream * normalized).sum(over: [0, 1])])
      + (hasShift ? [upstream.sum(over: [0, 1])] : [])
  }
}

/// Returns each channel of each sequence normalised over time; see the differentiable form.
public func instanceNorm(_ x: NDArray, scale: NDArray? = nil, shift: NDArray? = nil, epsilon: Float = 1e-5) -> NDArray {
  var value = normalizedOverTime(x, scale?.shape, shift?.shape, epsilon).value
  if let scale { value = value * scale }
  if let shift { value = value + shift }
  return value
}

private func normalizedOverTime(
  _ x: NDArray, _ scale: Shape?, _ shift: Shape?, _ epsilon: Float
) -> (value: NDArray, reciprocal: NDArray) {
  require(x.shape.rank == 3, "instanceNorm: \(x.shape) is not [batch, time, channel]")
  for shape in [scale, shift] {
    require(
      shape == nil || shape == [x.shape[2]], "instanceNorm: scale or shift \(shape ?? []) does not fit \(x.shape)")
  }
  let reciprocal = x.variance(over: [1], keepingAxes: true).mapped { 1 / ($0 + epsilon).squareRoot() }
  return ((x - x.mean(over: [1], keepingAxes: true)) * reciprocal, reciprocal)
}
