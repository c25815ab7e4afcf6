public import StrataTensor

/// Returns the mean squared error over the observed elements.
///
/// - Parameters:
///   - prediction: A tensor of any shape.
///   - target: The measured values, in the same shape.
///   - mask: One where `target` was observed and zero where it is missing; the shape of `target` or of its leading axes
///     (`[batch, time]` for `[batch, time, channel]`).
/// - Returns: A tensor of shape `[1]`; zero when nothing was observed.
public func maskedMeanSquaredError(prediction: Tensor, target: Tensor, mask: NDArray) -> Tensor {
  maskedMean(of: SquaredError(), prediction: prediction, target: target, mask: mask)
}

private struct SquaredError: PointwiseLoss {
  static let name: StaticString = "maskedMeanSquaredError"

  func value(_ prediction: Float, _ target: Float) -> Float { (prediction - target) * (prediction - target) }

  func slopes(_ prediction: Float, _ target: Float) -> (prediction: Float, target: Float) {
    (2 * (prediction - target), 2 * (target - prediction))
  }
}
