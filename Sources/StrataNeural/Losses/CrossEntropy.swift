public import StrataTensor

/// Returns the mean cross-entropy between classes and the probabilities `softmax(logits)`.
///
/// - Parameters:
///   - logits: A tensor of shape `[…, classes]`.
///   - targets: The class of each row of `logits`, row-major.
///   - smoothing: The probability, in `0..<1`, that is spread evenly over all classes.
/// - Returns: A tensor of shape `[1]`.
///
/// Reference: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, for the smoothing.
public func crossEntropy(logits: Tensor, targets: [Int], smoothing: Float = 0) -> Tensor {
  let (rows, classes) = (logits.shape.rowCount, logits.shape.last)
  require(rows == targets.count, "crossEntropy: \(targets.count) targets do not fit logits of shape \(logits.shape)")
  require(smoothing >= 0 && smoothing < 1, "crossEntropy: the smoothing \(smoothing) is outside 0..<1")
  var expected = NDArray(logits.shape, repeating: smoothing / Float(classes))
  expected.withMutableElements { expected in
    for (row, target) in targets.enumerated() {
      require(target >= 0 && target < classes, "crossEntropy: class \(target) is outside 0..<\(classes)")
      expected[row * classes + target] += 1 - smoothing
    }
  }
  return (logSoftmax(logits) * Tensor(expected)).sum() * (-1 / Float(max(rows, 1)))
}
