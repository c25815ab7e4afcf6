public import StrataTensor

extension OrthogonalityConfiguration {
  func part(of output: JointOutput) -> ObjectivePart {
    ObjectivePart(name: "orthogonality", weight: weight, value: penalty(of: output))
  }

  /// The mean over layers of the squared correlations between the shared embedding and the private latent; `nil` when
  /// no layer has a private latent and two windows.
  public func penalty(of output: JointOutput) -> Tensor? {
    var losses: [Tensor] = []
    for (index, layer) in output.layers.enumerated() {
      guard let privateEmbedding = layer.privateEmbedding else { continue }
      let rows = output.windows(having: [index])
      guard rows?.count ?? output.presence.shape[0] >= 2 else { continue }
      losses.append(squaredCorrelation(select(layer.projection, rows), select(privateEmbedding, rows)))
    }
    return mean(of: losses)
  }
}

/// The mean of `(Aᵀ B)²` of two sets of vectors, centred over the batch and made unit vectors.
///
/// - Parameters:
///   - a: Shape `[batch, width]`.
///   - b: Shape `[batch, otherWidth]`.
/// - Returns: A tensor with one element; zero when no element of one varies with an element of the other.
///
/// Reference: Hazarika, Zimmermann and Poria, "MISA: Modality-Invariant and -Specific Representations for Multimodal
/// Sentiment Analysis", ACM Multimedia 2020, equation 11.
func squaredCorrelation(_ a: Tensor, _ b: Tensor) -> Tensor {
  func unit(_ x: Tensor) -> Tensor { l2Normalize(x - x.mean(over: [0], keepingAxes: true), epsilon: 1e-6) }
  return square(matmul(unit(a), unit(b), transposeA: true)).mean()
}
