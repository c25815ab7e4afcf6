public import StrataTensor

/// Where a window was cut: which run, which entity, and the sample after its last one.
public struct WindowOrigin: Hashable, Codable, Sendable {
  /// The position of the run in the list the split was made from.
  public let run: Int
  public let entity: EntityPath
  /// The sample after the window's last one, counted from the start of the run.
  public let end: Int

  public init(run: Int, entity: EntityPath, end: Int) { (self.run, self.entity, self.end) = (run, entity, end) }
}

/// The windows of a batch in one telemetry layer.
///
/// Every array has shape `[batch, time, channel]`. There is no NaN in any of them: what is missing is zero in `values`
/// and `peers`, and zero in `mask`.
public struct LayerWindows: Sendable {
  public let layer: TelemetryLayer
  /// Standardised samples (see `RobustScale`); zero where missing.
  public let values: NDArray
  /// Standardised deviation from the entities of the same role at the same time (see `PeerView`); zero where missing
  /// or where too few peers were observed. `nil` when the specification asks for no peer view.
  public let peers: NDArray?
  /// One where a sample was observed and zero where it was not.
  public let mask: NDArray
  /// `log(1 + d)` with `d` the number of samples since the channel was last observed: zero at an observed sample,
  /// counted from the start of the run when nothing was observed before, and at most the length of the window.
  public let delta: NDArray

  /// - Precondition: All arrays have the same shape `[batch, time, channel]`.
  public init(layer: TelemetryLayer, values: NDArray, peers: NDArray? = nil, mask: NDArray, delta: NDArray) {
    require(values.shape.rank == 3, "LayerWindows: values of shape \(values.shape), expected [batch, time, channel]")
    for (name, array) in [("mask", mask), ("delta", delta)] + (peers.map { [("peers", $0)] } ?? []) {
      require(
        array.shape == values.shape, "LayerWindows: \(name) of shape \(array.shape), values of shape \(values.shape)")
    }
    (self.layer, self.values, self.peers, self.mask, self.delta) = (layer, values, peers, mask, delta)
  }

  /// How many windows there are.
  public var count: Int { values.shape[0] }
  /// How many samples a window has.
  public var length: Int { values.shape[1] }
  public var channelCount: Int { values.shape[2] }

  /// The windows in `range`; shares storage.
  public func slice(_ range: Range<Int>) -> LayerWindows {
    LayerWindows(
      layer: layer, values: values.rows(range), peers: peers?.rows(range), mask: mask.rows(range),
      delta: delta.rows(range))
  }

  /// The same windows with other values (a corruption, a replacement by peers), where the mask stays what it is.
  public func replacing(values: NDArray, peers: NDArray? = nil) -> LayerWindows {
    LayerWindows(layer: layer, values: values, peers: peers ?? self.peers, mask: mask, delta: delta)
  }
}

/// Windows of single entities, cut at the same samples in every layer.
///
/// An entity that is absent from a layer has mask zero there.
public struct WindowBatch: Sendable {
  /// In the order of `TelemetryLayer`, at most one per layer.
  public let layers: [LayerWindows]
  /// One per window.
  public let origins: [WindowOrigin]

  /// - Precondition: Every layer has one window per origin, all windows are equally long, and no layer occurs twice.
  public init(layers: [LayerWindows], origins: [WindowOrigin]) {
    for windows in layers {
      require(
        windows.count == origins.count && windows.length == layers[0].length,
        "WindowBatch: \(windows.layer) has shape \(windows.values.shape), expected "
          + "[\(origins.count), \(layers[0].length), channel]")
    }
    for (one, next) in zip(layers, layers.dropFirst()) {
      require(one.layer < next.layer, "WindowBatch: \(next.layer) follows \(one.layer), expected the order of layers")
    }
    (self.layers, self.origins) = (layers, origins)
  }

  /// How many windows there are.
  public var count: Int { origins.count }
  /// How many samples a window has; zero when there are no layers.
  public var length: Int { layers.first?.length ?? 0 }

  /// The windows of one layer, if the batch has it.
  public subscript(_ layer: TelemetryLayer) -> LayerWindows? { layers.first { $0.layer == layer } }

  /// The windows in `range`; shares storage.
  public func slice(_ range: Range<Int>) -> WindowBatch {
    WindowBatch(layers: layers.map { $0.slice(range) }, origins: Array(origins[range]))
  }
}
