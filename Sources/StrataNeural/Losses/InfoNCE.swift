#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
public import StrataTensor

/// Returns the symmetric InfoNCE loss of two views: each row of one is to be told apart as the partner of the same row of
/// the other.
///
/// The mean of the cross-entropies of rows and of columns of `a · bᵀ / temperature`, whose diagonal is right.
///
/// - Parameters:
///   - a: Embeddings of shape `[batch, width]`, usually unit vectors.
///   - b: Embeddings of the same things in another view; same shape.
///   - temperature: What similarities are divided by; positive.
/// - Returns: A tensor of shape `[1]`.
/// - Complexity: One product of `[batch, width]` by `[width, batch]`.
///
/// Reference: Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018; symmetric as in
/// Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021.
public func infoNCE(_ a: Tensor, _ b: Tensor, temperature: Float) -> Tensor {
  require(temperature > 0, "infoNCE: the temperature \(temperature) is not positive")
  return matchingCrossEntropy(similarities(a, b, "infoNCE") * (1 / temperature))
}

/// Returns the symmetric InfoNCE loss of two views at a temperature of shape `[1]` that may be learned.
///
/// - SeeAlso: ``infoNCE(_:_:temperature:)-(_,_,Float)`` for the other parameters.
public func infoNCE(_ a: Tensor, _ b: Tensor, temperature: Tensor) -> Tensor {
  matchingCrossEntropy(similarities(a, b, "infoNCE") / temperature)
}

/// Symmetric InfoNCE that learns its temperature.
///
/// What is learned is the logarithm. At the lower bound its gradient passes only when descent leads back up, so it can
/// neither run away nor stay stuck.
public struct InfoNCE: Module {
  /// Shape `[1]`.
  public var logTemperature: Tensor
  /// The temperature in use never falls below this bound.
  public let minimum: Float

  /// Creates the loss.
  ///
  /// - Parameters:
  ///   - temperature: The first temperature; positive.
  ///   - minimum: The lowest temperature; positive.
  public init(temperature: Float = 0.07, minimum: Float = 0.01) {
    require(
      temperature >= minimum && minimum > 0,
      "InfoNCE: the temperature \(temperature) is below \(minimum), or that is not positive")
    logTemperature = Tensor(NDArray(scalar: log(temperature)))
    self.minimum = minimum
  }

  /// The temperature in use, of shape `[1]`.
  public var temperature: Tensor { exp(bounded(logTemperature, below: log(minimum))) }

  /// Returns the loss of two views of shape `[batch, width]`.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor { infoNCE(a, b, temperature: temperature) }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("logTemperature", &logTemperature)
  }
}

private func similarities(_ a: Tensor, _ b: Tensor, _ operation: StaticString) -> Tensor {
  require(
    a.shape.rank == 2 && a.shape == b.shape,
    "\(operation): views of shape \(a.shape) and \(b.shape), expected [batch, width] twice")
  return matmul(a, b, transposeB: true)
}

/// The greater of a value and a bound, with a gradient that vanishes only where descent would lead further below it.
private func bounded(_ x: Tensor, below bound: Float) -> Tensor {
  let value = x.value.scalar
  return Tensor(
    NDArray(scalar: max(value, bound)), "bounded",
    from: .input(x) { upstream in value > bound || upstream.scalar < 0 ? upstream : NDArray(scalar: 0) })
}
