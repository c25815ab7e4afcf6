public import StrataNeural
public import StrataTensor

/// The mean of the embeddings of the layers that are present; learns nothing.
public struct LateFusion: LayerFusion {
  /// There is nothing to choose.
  public init() {}

  public func callAsFunction(
    _ layers: [LayerSummary], presence: NDArray, in context: inout ForwardContext
  ) -> FusedLayers {
    let weights = Tensor(presence / maximum(presence.sum(over: [1], keepingAxes: true), NDArray(scalar: 1)))
    return FusedLayers(embedding: mixture(of: layers.map(\.embedding), weights: weights), weights: weights)
  }

  public mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {}
}

/// `Σ weights[b, m] · values[m][b, …]`.
///
/// - Parameters:
///   - values: One tensor of shape `[batch, latent]` per layer.
///   - weights: Shape `[batch, layer]`.
/// - Returns: A tensor of shape `[batch, latent]`.
func mixture(of values: [Tensor], weights: Tensor) -> Tensor {
  let (batch, latent) = (values[0].shape[0], values[0].shape[1])
  return matmul(weights.reshaped([batch, 1, values.count]), stack(values, axis: 1)).reshaped([batch, latent])
}
