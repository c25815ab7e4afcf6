public import StrataTensor

/// What one telemetry layer of a run recorded.
public struct LayerSeries: Sendable {
  public let layer: TelemetryLayer
  public let entities: [EntityPath]
  public let channels: [Channel]
  /// Samples of shape `[time, entity, channel]`; NaN where missing.
  public let values: NDArray

  /// - Precondition: `values` has shape `[time, entity, channel]`; no entity and no channel name appears twice.
  public init(layer: TelemetryLayer, entities: [EntityPath], channels: [Channel], values: NDArray) {
    require(
      values.shape.rank == 3 && values.shape[1] == entities.count && values.shape[2] == channels.count,
      "LayerSeries: values of shape \(values.shape) are not [time, \(entities.count), \(channels.count)]")
    require(Set(entities).count == entities.count, "LayerSeries: an entity of layer \(layer) appears twice")
    require(
      Set(channels.map(\.name)).count == channels.count, "LayerSeries: a channel of layer \(layer) appears twice")
    (self.layer, self.entities, self.channels, self.values) = (layer, entities, channels, values)
  }

  public var sampleCount: Int { values.shape[0] }

  /// The samples of `range`; shares storage.
  ///
  /// - Precondition: The range lies inside the series.
  public func selecting(samples range: Range<Int>) -> LayerSeries {
    LayerSeries(layer: layer, entities: entities, channels: channels, values: values.rows(range))
  }

  /// The samples of one channel of one entity, in time.
  ///
  /// - Precondition: Both indices exist.
  public func series(entity: Int, channel: Int) -> [Float] {
    require(
      entities.indices.contains(entity) && channels.indices.contains(channel),
      "LayerSeries.series: entity \(entity), channel \(channel) is outside \(values.shape)")
    let width = entities.count * channels.count
    return values.withElements { elements in
      (0..<sampleCount).map { elements[$0 * width + entity * channels.count + channel] }
    }
  }
}
