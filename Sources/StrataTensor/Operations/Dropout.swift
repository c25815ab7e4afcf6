/// Returns the tensor with each element zeroed with probability `rate`, and the others scaled by `1 / (1 - rate)`.
///
/// - Precondition: `rate` is at least zero and less than one.
///
/// Reference: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
public func dropout(_ x: Tensor, rate: Float, using generator: inout Generator) -> Tensor {
  require(rate >= 0 && rate < 1, "dropout: rate \(rate) is not in 0..<1")
  if rate == 0 { return x }
  let mask = generator.bernoulliArray(x.shape, probability: 1 - rate) * (1 / (1 - rate))
  return Tensor(x.value * mask, "dropout", from: .input(x) { $0 * mask })
}
