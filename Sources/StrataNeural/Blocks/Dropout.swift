public import StrataTensor

/// Zeroes random elements in training and scales the others, so that the mean is kept; the identity in inference.
///
/// Reference: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 2014.
public struct Dropout: Module {
  /// The probability that an element is zeroed.
  public let rate: Float

  /// - Precondition: `rate` is in `0..<1`.
  public init(rate: Float) {
    require(rate >= 0 && rate < 1, "Dropout: the rate \(rate) is outside 0..<1")
    self.rate = rate
  }

  /// Applies dropout to a tensor of any shape.
  public func callAsFunction(_ x: Tensor, in context: inout ForwardContext) -> Tensor {
    guard context.mode == .training, rate > 0 else { return x }
    return dropout(x, rate: rate, using: &context.generator)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {}
}
