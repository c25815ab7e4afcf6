public import StrataTensor

/// The three terms of VICReg, before weighting; each has shape `[1]`.
public struct VICRegTerms: Sendable {
  /// The mean squared distance of the views.
  public let invariance: Tensor
  /// How far standard deviations fall short of one, on average over elements and views.
  public let variance: Tensor
  /// The squared covariances of different elements, per element, summed over views.
  public let covariance: Tensor

  /// The weighted sum.
  public func total(invariance: Float, variance: Float, covariance: Float) -> Tensor {
    self.invariance * invariance + self.variance * variance + self.covariance * covariance
  }
}

/// Returns the variance–invariance–covariance loss of two views.
///
/// - Parameters:
///   - a: Embeddings of shape `[batch, width]`, not normalised; at least two rows.
///   - b: Embeddings of the same things in another view; same shape.
///   - invariance: The weight of the distance of the views.
///   - variance: The weight of the hinge that keeps every element spread.
///   - covariance: The weight of the decorrelation of elements.
/// - Returns: A tensor of shape `[1]`.
/// - Complexity: O(batch · width²).
///
/// Reference: Bardes, Ponce and LeCun, "VICReg: Variance-Invariance-Covariance Regularization", ICLR 2022.
public func vicReg(
  _ a: Tensor, _ b: Tensor, invariance: Float = 25, variance: Float = 25, covariance: Float = 1
) -> Tensor {
  vicRegTerms(a, b).total(invariance: invariance, variance: variance, covariance: covariance)
}

/// Returns the terms of ``vicReg(_:_:invariance:variance:covariance:)`` one by one.
public func vicRegTerms(_ a: Tensor, _ b: Tensor) -> VICRegTerms {
  require(
    a.shape.rank == 2 && a.shape == b.shape && a.shape[0] >= 2,
    "vicReg: views of shape \(a.shape) and \(b.shape), expected [batch, width] twice with a batch of at least 2")
  let (spreadA, spreadB) = (Spread(of: a), Spread(of: b))
  return VICRegTerms(
    invariance: square(a - b).mean(), variance: (spreadA.shortfall + spreadB.shortfall) * 0.5,
    covariance: spreadA.redundancy + spreadB.redundancy)
}

/// What VICReg asks of one view.
private struct Spread {
  /// The mean hinge of one minus the standard deviation, which has 1e-4 added to the variance.
  let shortfall: Tensor
  /// The sum of squared covariances of different elements, per element.
  let redundancy: Tensor

  init(of z: Tensor) {
    let (count, width) = (z.shape[0], z.shape[1])
    let centred = z - z.mean(over: [0], keepingAxes: true)
    let variance = square(centred).sum(over: [0]) * (1 / Float(count - 1))
    shortfall = relu(1 - sqrt(variance + 1e-4)).mean()
    let covariance = matmul(centred, centred, transposeA: true) * (1 / Float(count - 1))
    redundancy = (square(covariance) * Tensor(diagonal(width, on: 0, off: 1 / Float(width)))).sum()
  }
}
