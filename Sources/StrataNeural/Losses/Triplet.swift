public import StrataTensor

/// Returns the mean triplet loss: an anchor is to be closer to its positive than to its negative, by a margin.
///
/// - Parameters:
///   - anchor: Embeddings of shape `[batch, width]`.
///   - positive: Embeddings that belong to the anchors; same shape.
///   - negative: Embeddings that do not; same shape.
///   - margin: By how much the distances are to differ.
///   - epsilon: Added to each difference before its norm is taken, which keeps the gradient finite at zero.
/// - Returns: A tensor of shape `[1]`.
///
/// Reference: Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015, with Euclidean distances as in PyTorch.
public func triplet(
  anchor: Tensor, positive: Tensor, negative: Tensor, margin: Float = 1, epsilon: Float = 1e-6
) -> Tensor {
  require(
    anchor.shape.rank == 2 && anchor.shape == positive.shape && anchor.shape == negative.shape,
    "triplet: \(anchor.shape), \(positive.shape) and \(negative.shape), expected [batch, width] three times")
  func distance(_ other: Tensor) -> Tensor { sqrt(square(anchor - other + epsilon).sum(over: [1])) }
  return relu(distance(positive) - distance(negative) + margin).mean()
}
