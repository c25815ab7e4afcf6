import StrataTensor

/// One entity's samples of one layer over a region's context, as windows carry them; every array is `[time, channel]`.
struct StandardisedSeries: Sendable {
  let values: NDArray
  var peers: NDArray?
  /// `nil` when every sample was observed, which is the common case and then costs no memory.
  let mask: NDArray?
  /// `nil` when every sample was observed.
  let delta: NDArray?

  /// - Parameters:
  ///   - entity: The entity's position in the series.
  ///   - longestDelta: Where the count of samples since the last observation stops.
  init(
    _ source: LayerSource, entity: Int, scale: RobustScale, layerScale: RobustScale.LayerScale,
    channelScale: RobustScale.ChannelScale, longestDelta: Int
  ) {
    let context = source.region.context
    let channelCount = layerScale.channels.count
    let shape: Shape = [context.count, channelCount]
    let logarithms = layerScale.channels.map(scale.usesLogarithm)
    let width = source.series.entities.count * source.series.channels.count
    let offset = entity * source.series.channels.count
    var missing = 0
    values = source.series.values.withElements { elements in
      NDArray(shape) { values in
        for (row, time) in context.enumerated() {
          for channel in 0..<channelCount {
            let sample = source.columns[channel].map { elements[time * width + offset + $0] } ?? .nan
            let spread = channelScale.spreads[channel]
            if !(sample.isFinite && spread > 0) { missing += 1 }
            values[row * channelCount + channel] = scale.standardise(
              sample, centre: channelScale.centres[channel], spread: spread, logarithm: logarithms[channel])
          }
        }
      }
    }
    guard missing > 0 else {
      (mask, delta) = (nil, nil)
      return
    }
    func isObserved(_ time: Int, _ channel: Int, _ elements: UnsafeBufferPointer<Float>) -> Bool {
      guard let column = source.columns[channel], channelScale.spreads[channel] > 0 else { return false }
      return elements[time * width + offset + column].isFinite
    }
    (mask, delta) = source.series.values.withElements { elements in
      let mask = NDArray(shape) { mask in
        for (row, time) in context.enumerated() {
          for channel in 0..<channelCount {
            mask[row * channelCount + channel] = isObserved(time, channel, elements) ? 1 : 0
          }
        }
      }
      let delta = NDArray(shape) { delta in
        for channel in 0..<channelCount {
          // The count begins before the context: what happened there is the past.
          var last = context.lowerBound - 1
          let earliest = max(0, context.lowerBound - longestDelta)
          while last >= earliest, !isObserved(last, channel, elements) { last -= 1 }
          for (row, time) in context.enumerated() {
            if isObserved(time, channel, elements) { last = time }
            delta[row * channelCount + channel] = logarithm(onePlus: Float(min(time - last, longestDelta)))
          }
        }
      }
      return (mask, delta)
    }
  }
}
