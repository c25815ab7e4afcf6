public import StrataTensor

/// Returns the Euclidean norm of all parameters of a model taken as one vector, summed in `Double`.
public func globalNorm<Model: Module>(of gradient: Model) -> Double {
  var squares = 0.0
  for (_, value) in gradient.namedArrays() {
    squares += value.withElements { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
  }
  return squares.squareRoot()
}

/// Scales a gradient down to a global norm of `limit`, where it is longer, as `torch.nn.utils.clip_grad_norm_` does:
/// by `limit / (norm + 1e-6)`.
///
/// - Returns: The norm before clipping.
/// - Precondition: `limit` is positive.
///
/// Reference: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
@discardableResult
public func clipGlobalNorm<Model: Module>(of gradient: inout Model, to limit: Double) -> Double {
  require(limit > 0, "clipGlobalNorm: the limit must be positive, found \(limit)")
  let norm = globalNorm(of: gradient)
  let scale = Float(min(1, limit / (norm + 1e-6)))
  if scale < 1 { gradient.scale(by: scale) }
  return norm
}
