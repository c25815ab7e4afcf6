public import StrataTensor

/// Returns the Barlow Twins loss: the cross-correlation of two views is to be the identity.
///
/// - Parameters:
///   - a: Embeddings of shape `[batch, width]`, not normalised.
///   - b: Embeddings of the same things in another view; same shape.
///   - redundancy: The weight of correlations between different elements.
///   - epsilon: Added to the variance of each element before it is divided by.
/// - Returns: A tensor of shape `[1]`: the sum of squared differences from the identity.
/// - Complexity: O(batch · width²).
///
/// Reference: Zbontar et al., "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", ICML 2021.
public func barlowTwins(_ a: Tensor, _ b: Tensor, redundancy: Float = 5e-3, epsilon: Float = 1e-5) -> Tensor {
  require(
    a.shape.rank == 2 && a.shape == b.shape,
    "barlowTwins: views of shape \(a.shape) and \(b.shape), expected [batch, width] twice")
  let correlation =
    matmul(standardized(a, epsilon), standardized(b, epsilon), transposeA: true) * (1 / Float(a.shape[0]))
  let width = a.shape[1]
  let difference = correlation - Tensor(diagonal(width, on: 1, off: 0))
  return (square(difference) * Tensor(diagonal(width, on: 1, off: redundancy))).sum()
}

/// Gives every column mean zero and, up to `epsilon`, variance one.
private func standardized(_ z: Tensor, _ epsilon: Float) -> Tensor {
  let series = z.reshaped([1, z.shape[0], z.shape[1]])
  return instanceNorm(series, scale: nil, shift: nil, epsilon: epsilon).reshaped(z.shape)
}
