public import StrataTensor

/// A mean over samples that is still open: what was added up, and how much that weighs.
public struct MeanTerm: LossTerms {
  private var sum: Tensor
  private var weight: Tensor

  /// The mean of one slice, of shape `[1]`, and the weight it was taken over.
  public init(of mean: Tensor, weight: Double) {
    (sum, self.weight) = (mean * Float(weight), Tensor(NDArray(scalar: Float(weight))))
  }

  /// A mean over nothing, to which other slices may add.
  public static let empty = MeanTerm(of: Tensor(NDArray(scalar: 0)), weight: 0)

  /// The mean over everything that was added up, of shape `[1]`; `nil` when that is nothing.
  public var mean: Tensor? { weight.value.scalar > 0 ? sum / weight : nil }

  public mutating func forEachTensor(_ visit: TermVisitor) rethrows {
    try visit(&sum, .sum)
    try visit(&weight, .sum)
  }
}
