public import StrataTelemetry
public import StrataTensor

/// One new sample of some entities in one layer.
public struct StreamSamples: Sendable {
  /// Which layer this is.
  public let layer: TelemetryLayer
  /// Standardised samples of shape `[entity, channel]`; zero where missing.
  public let values: NDArray
  /// One where a sample was observed and zero where it was not; same shape.
  public let mask: NDArray
  /// Deviations from peers, for a model whose inputs include them; same shape.
  public let peers: NDArray?

  /// - Precondition: All arrays have the same shape `[entity, channel]`.
  public init(layer: TelemetryLayer, values: NDArray, mask: NDArray, peers: NDArray? = nil) {
    require(
      values.shape.rank == 2 && mask.shape == values.shape && (peers?.shape ?? values.shape) == values.shape,
      "StreamSamples: values \(values.shape), mask \(mask.shape) and peers \(peers?.shape ?? values.shape) differ")
    (self.layer, self.values, self.mask, self.peers) = (layer, values, mask, peers)
  }
}
