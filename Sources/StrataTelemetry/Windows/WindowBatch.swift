public import StrataTensor

/// The samples of one layer in a batch of windows, as a model takes them.
///
/// Every array has shape `[batch, time, channel]`.
public struct LayerWindows: Sendable {
  public let layer: TelemetryLayer
  /// Standardised samples; zero where missing.
  public let values: NDArray
  /// Samples relative to the peers of their entity at the same time; zero where missing.
  public let peers: NDArray?
  /// One where a sample was observed, zero where it was not.
  public let mask: NDArray
  /// `log(1 + n)` of the `n` samples since the last observation; zero where observed.
  public let delta: NDArray

  /// - Precondition: All arrays have the same shape `[batch, time, channel]`.
  public init(layer: TelemetryLayer, values: NDArray, peers: NDArray? = nil, mask: NDArray, delta: NDArray) {
    require(values.shape.rank == 3, "LayerWindows: values of shape \(values.shape) are not [batch, time, channel]")
    require(
      mask.shape == values.shape && delta.shape == values.shape && (peers.map { $0.shape == values.shape } ?? true),
      "LayerWindows: values \(values.shape), mask \(mask.shape), delta \(delta.shape), "
        + "peers \(peers.map { "\($0.shape)" } ?? "none") differ in shape")
    (self.layer, self.values, self.peers, self.mask, self.delta) = (layer, values, peers, mask, delta)
  }
}

/// Where a window was taken.
public struct WindowOrigin: Hashable, Codable, Sendable {
  /// The index of the run.
  public let run: Int
  public let entity: EntityPath
  /// The first sample after the window.
  public let end: Int

  public init(run: Int, entity: EntityPath, end: Int) {
    (self.run, self.entity, self.end) = (run, entity, end)
  }
}

/// Windows of one length, each of one entity in every layer.
public struct WindowBatch: Sendable {
  /// One value per layer of the source, in the order of the layers.
  public let layers: [LayerWindows]
  /// Where each window was taken.
  public let origins: [WindowOrigin]

  /// - Precondition: Every layer holds one window per origin, and all windows have the same length.
  public init(layers: [LayerWindows], origins: [WindowOrigin]) {
    for windows in layers {
      require(
        windows.values.shape[0] == origins.count && windows.values.shape[1] == layers[0].values.shape[1],
        "WindowBatch: layer \(windows.layer) has shape \(windows.values.shape), expected \(origins.count) windows of "
          + "\(layers[0].values.shape[1]) samples")
    }
    (self.layers, self.origins) = (layers, origins)
  }

  /// The number of windows.
  public var count: Int { origins.count }
}
