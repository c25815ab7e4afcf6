public import StrataTensor

/// Returns the hierarchical contrast of two views of a sequence.
///
/// At every scale an embedding is to find its other view among all things at the same time (instance contrast) and among
/// all times of the same thing (temporal contrast); then both views are max-pooled over pairs of steps, until one
/// step is left. The result is the mean over scales. Embeddings enter as they are.
///
/// - Parameters:
///   - first: Embeddings of shape `[batch, time, width]`.
///   - second: The same things at the same times in another view; same shape.
///   - alpha: The share of the instance contrast; the rest is temporal.
///   - firstTemporalScale: How many poolings come before the first temporal contrast.
/// - Returns: A tensor of shape `[1]`.
/// - Complexity: O(batch · time · (batch + time) · width).
///
/// Reference: Yue et al., "TS2Vec: Towards Universal Representation of Time Series", AAAI 2022.
public func hierarchicalContrast(
  _ first: Tensor, _ second: Tensor, alpha: Float = 0.5, firstTemporalScale: Int = 0
) -> Tensor {
  require(
    first.shape.rank == 3 && first.shape == second.shape && first.shape[1] > 0,
    "hierarchicalContrast: views of shape \(first.shape) and \(second.shape), expected [batch, time, width] twice")
  require(alpha >= 0 && alpha <= 1, "hierarchicalContrast: alpha \(alpha) is outside 0...1")
  var (a, b, scale) = (first, second, 0)
  var loss = Tensor(NDArray(scalar: 0))
  while true {
    if alpha > 0 && a.shape[0] > 1 { loss = loss + instanceContrast(a, b) * alpha }
    if alpha < 1 && a.shape[1] > 1 && scale >= firstTemporalScale { loss = loss + temporalContrast(a, b) * (1 - alpha) }
    scale += 1
    guard a.shape[1] > 1 else { return loss * (1 / Float(scale)) }
    (a, b) = (pooledInPairs(a), pooledInPairs(b))
  }
}

/// At each time, every thing looks for its other view.
private func instanceContrast(_ a: Tensor, _ b: Tensor) -> Tensor {
  let groups = concatenate([a, b], axis: 0).transposed(1, 0, 2)
  return selfContrast(groups, temperature: 1, weights: pairingWeights(members: groups.shape[1]))
}

/// In each thing, every time looks for its other view.
private func temporalContrast(_ a: Tensor, _ b: Tensor) -> Tensor {
  let groups = concatenate([a, b], axis: 1)
  return selfContrast(groups, temperature: 1, weights: pairingWeights(members: groups.shape[1]))
}

/// The greater of each two neighbouring steps; a last odd step is dropped.
private func pooledInPairs(_ x: Tensor) -> Tensor {
  let (batch, time, width) = (x.shape[0], x.shape[1], x.shape[2])
  let even = time.isMultiple(of: 2) ? x : x.slice(axis: 1, 0..<time - 1)
  return even.reshaped([batch, time / 2, 2, width]).max(over: [2])
}
