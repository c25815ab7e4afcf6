#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import StrataTensor

/// Returns the mean binary cross-entropy of the probabilities `sigmoid(logits)`, without overflow.
///
/// - Parameters:
///   - logits: A tensor of any shape.
///   - targets: Probabilities in `0...1`, in the same shape.
///   - mask: One where a target is known; the shape of `targets` or of its leading axes. Everything when it is `nil`.
/// - Returns: A tensor of shape `[1]`; zero when no target is known.
public func binaryCrossEntropyWithLogits(logits: Tensor, targets: Tensor, mask: NDArray? = nil) -> Tensor {
  maskedMean(of: LogisticLoss(), prediction: logits, target: targets, mask: mask)
}

private struct LogisticLoss: PointwiseLoss {
  static let name: StaticString = "binaryCrossEntropyWithLogits"

  func value(_ logit: Float, _ target: Float) -> Float { max(logit, 0) - logit * target + log1p(exp(-abs(logit))) }

  func slopes(_ logit: Float, _ target: Float) -> (prediction: Float, target: Float) {
    let decayed = exp(-abs(logit))
    let probability = (logit >= 0 ? 1 : decayed) / (1 + decayed)
    return (probability - target, -logit)
  }
}
