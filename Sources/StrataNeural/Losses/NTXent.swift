public import StrataTensor

/// Returns the normalised temperature-scaled cross-entropy of two views.
///
/// Each of the `2·batch` embeddings is to find its other view among all but itself. Embeddings enter as they are: pass
/// them through `l2Normalize` for cosine similarity, as the paper does.
///
/// - Parameters:
///   - a: Embeddings of shape `[batch, width]`.
///   - b: Embeddings of the same things in another view; same shape.
///   - temperature: What similarities are divided by; positive.
/// - Returns: A tensor of shape `[1]`.
/// - Complexity: One product of `[2·batch, width]` by its transpose.
///
/// Reference: Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020.
public func ntXent(_ a: Tensor, _ b: Tensor, temperature: Float = 0.5) -> Tensor {
  require(
    a.shape.rank == 2 && a.shape == b.shape,
    "ntXent: views of shape \(a.shape) and \(b.shape), expected [batch, width] twice")
  require(temperature > 0, "ntXent: the temperature \(temperature) is not positive")
  let members = 2 * a.shape[0]
  let group = concatenate([a, b], axis: 0).reshaped([1, members, a.shape[1]])
  return selfContrast(group, temperature: temperature, weights: pairingWeights(members: members))
}
