public import StrataTensor

extension OrthogonalityConfiguration {
  func part(of terms: JointTerms) -> ObjectivePart {
    ObjectivePart(name: "orthogonality", weight: weight, value: penalty(of: terms))
  }

  /// The mean over layers of the squared correlations between the shared embedding and the private latent; `nil` when
  /// no layer has a private latent and two windows.
  public func penalty(of terms: JointTerms) -> Tensor? {
    var losses: [Tensor] = []
    for (index, layer) in terms.layers.enumerated() {
      guard let shared = layer.shared, let own = layer.own else { continue }
      let rows = terms.windows(having: [index])
      guard rows?.count ?? terms.count >= 2 else { continue }
      losses.append(squaredCorrelation(select(shared, rows), select(own, rows)))
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
