public import StrataTensor

/// A loss of two views of the same things, which may have parameters of its own.
public protocol PairContrast: Module {
  /// Returns the loss of two views.
  ///
  /// - Parameters:
  ///   - a: Embeddings of shape `[batch, width]`, at least two.
  ///   - b: Embeddings of the same things in another view; same shape.
  ///   - threads: How many threads may share the work; the result does not depend on it.
  /// - Returns: A tensor with one element.
  func callAsFunction(_ a: Tensor, _ b: Tensor, threads: Int) -> Tensor
}

extension InfoNCE: PairContrast {}
