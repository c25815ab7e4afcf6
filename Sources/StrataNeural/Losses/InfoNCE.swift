#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
public import StrataTensor

/// Returns the symmetric InfoNCE loss of two views: each row of one is to be told apart as the partner of the same row of
/// the other.
///
/// The mean of the cross-entropies of rows and of columns of `a · bᵀ / temperature`, whose diagonal is right. Of more than
/// 512 rows that matrix is never in memory: it is computed block by block, and again for the gradient.
///
/// - Parameters:
///   - a: Embeddings of shape `[batch, width]`, usually unit vectors.
///   - b: Embeddings of the same things in another view; same shape.
///   - temperature: What similarities are divided by; positive.
///   - threads: How many threads share the blocks; the result does not depend on it.
/// - Returns: A tensor of shape `[1]`.
/// - Complexity: O(batch² · width) time, O(batch · width) memory.
///
/// Reference: Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018; symmetric as in
/// Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", ICML 2021.
public func infoNCE(_ a: Tensor, _ b: Tensor, temperature: Float, threads: Int = 1) -> Tensor {
  require(temperature > 0, "infoNCE: the temperature \(temperature) is not positive")
  requireViews(a, b)
  guard a.shape[0] <= largestMatrix else {
    return matchingCrossEntropy(a, b, temperature: Tensor(NDArray(scalar: temperature)), threads: threads)
  }
  return matchingCrossEntropy(matmul(a, b, transposeB: true) * (1 / temperature))
}

/// Returns the symmetric InfoNCE loss of two views at a temperature of shape `[1]` that may be learned.
///
/// - SeeAlso: ``infoNCE(_:_:temperature:threads:)-(_,_,Float,_)`` for the other parameters.
public func infoNCE(_ a: Tensor, _ b: Tensor, temperature: Tensor, threads: Int = 1) -> Tensor {
  requireViews(a, b)
  guard a.shape[0] <= largestMatrix else {
    return matchingCrossEntropy(a, b, temperature: temperature, threads: threads)
  }
  return matchingCrossEntropy(matmul(a, b, transposeB: true) / temperature)
}

/// Up to so many rows the matrix of similarities takes a megabyte, and is kept for the gradient.
private let largestMatrix = 512

private func requireViews(_ a: Tensor, _ b: Tensor) {
  require(
    a.shape.rank == 2 && a.shape == b.shape,
    "infoNCE: views of shape \(a.shape) and \(b.shape), expected [batch, width] twice")
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
  ///
  /// - SeeAlso: ``infoNCE(_:_:temperature:threads:)-(_,_,Float,_)`` for the parameters.
  public func callAsFunction(_ a: Tensor, _ b: Tensor, threads: Int = 1) -> Tensor {
    infoNCE(a, b, temperature: temperature, threads: threads)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try visit("logTemperature", &logTemperature)
  }
}

/// The greater of a value and a bound, with a gradient that vanishes only where descent would lead further below it.
private func bounded(_ x: Tensor, below bound: Float) -> Tensor {
  let value = x.value.scalar
  return Tensor(
    NDArray(scalar: max(value, bound)), "bounded",
    from: .input(x) { upstream in value > bound || upstream.scalar < 0 ? upstream : NDArray(scalar: 0) })
}
