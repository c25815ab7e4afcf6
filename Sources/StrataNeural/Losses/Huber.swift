public import StrataTensor

/// Returns the mean Huber loss: half the squared error up to `delta`, and linear from there.
///
/// - Parameters:
///   - prediction: A tensor of any shape.
///   - target: The measured values, in the same shape.
///   - delta: Where the loss becomes linear; positive.
///   - mask: One where `target` was observed; the shape of `target` or of its leading axes. Everything when it is `nil`.
/// - Returns: A tensor of shape `[1]`; zero when nothing was observed.
///
/// Reference: Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.
public func huber(prediction: Tensor, target: Tensor, delta: Float = 1, mask: NDArray? = nil) -> Tensor {
  require(delta > 0, "huber: delta \(delta) is not positive")
  return maskedMean(of: HuberLoss(delta: delta), prediction: prediction, target: target, mask: mask)
}

private struct HuberLoss: PointwiseLoss {
  static let name: StaticString = "huber"
  let delta: Float

  func value(_ prediction: Float, _ target: Float) -> Float {
    let error = abs(prediction - target)
    return error < delta ? error * error / 2 : delta * (error - delta / 2)
  }

  func slopes(_ prediction: Float, _ target: Float) -> (prediction: Float, target: Float) {
    let slope = min(max(prediction - target, -delta), delta)
    return (slope, -slope)
  }
}
