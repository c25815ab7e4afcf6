public import StrataTensor

extension WindowSet {
  /// The windows of these numbers, in this order.
  ///
  /// Safe to call from several threads at once.
  ///
  /// - Precondition: Every number is a window of the set.
  /// - Complexity: One copy of every sample.
  public func batch(_ windows: some Collection<Int>) -> WindowBatch {
    let places = windows.map { window in
      let segment = segment(of: window)
      let end = segments[segment].ends[window - segments[segment].windows.lowerBound]
      return (segment: segments[segment], samples: end - specification.length..<end)
    }
    return Self.gather(places, length: specification.length, scale: scale, specification: specification)
  }

  /// Any stretch of a segment as one long window: for methods that look at whole series.
  ///
  /// - Precondition: The samples lie inside the segment's context.
  public func stretch(_ samples: Range<Int>, ofSegment segment: Int) -> WindowBatch {
    let context = segments[segment].context
    require(
      !samples.isEmpty && samples.lowerBound >= context.lowerBound && samples.upperBound <= context.upperBound,
      "WindowSet.stretch: samples \(samples) are not inside \(context)")
    return Self.gather(
      [(segments[segment], samples)], length: samples.count, scale: scale, specification: specification)
  }

  /// The numbers of all windows in a random order, cut in batches of `size`; the last one may be smaller.
  ///
  /// Equal generators give equal batches on every machine.
  public func shuffledBatches(of size: Int, using generator: inout Generator) -> [[Int]] {
    require(size > 0, "WindowSet.shuffledBatches: size \(size) must be positive")
    let order = generator.permutation(count)
    return stride(from: 0, to: count, by: size).map { Array(order[$0..<min($0 + size, count)]) }
  }

  /// The numbers of all windows in order, cut in batches of `size`; the last one may be smaller.
  public func batches(of size: Int) -> [Range<Int>] {
    require(size > 0, "WindowSet.batches: size \(size) must be positive")
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Copies stretches of equal length together.
  static func gather(
    _ places: [(segment: Segment, samples: Range<Int>)], length: Int, scale: RobustScale,
    specification: WindowSpecification
  ) -> WindowBatch {
    let layers = scale.layers.indices.map { layer in
      let channelCount = scale.layers[layer].channels.count
      let shape: Shape = [places.count, length, channelCount]
      func gather(
        complete: Float, absent: (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void,
        _ array: (StandardisedSeries) -> NDArray?
      ) -> NDArray {
        NDArray(shape) { destination in
          let windowSize = length * channelCount
          for (index, place) in places.enumerated() {
            let segment = place.segment
            let window = UnsafeMutableBufferPointer(
              rebasing: destination[index * windowSize..<(index + 1) * windowSize])
            guard let series = segment.layers[layer] else {
              absent(place.samples, window)
              continue
            }
            guard let source = array(series) else {
              window.initialize(repeating: complete)
              continue
            }
            source.withElements { elements in
              let start = (place.samples.lowerBound - segment.context.lowerBound) * channelCount
              _ = window.initialize(from: elements[start..<start + windowSize])
            }
          }
        }
      }
      let zero = { (_: Range<Int>, window: UnsafeMutableBufferPointer<Float>) in window.initialize(repeating: 0) }
      return LayerWindows(
        layer: scale.layers[layer].layer, values: gather(complete: 0, absent: zero) { $0.values },
        peers: specification.peers ? gather(complete: 0, absent: zero) { $0.peers } : nil,
        mask: gather(complete: 1, absent: zero) { $0.mask },
        delta: gather(complete: 0, absent: { neverObserved($0, channelCount, $1, specification) }) { $0.delta })
    }
    let origins = places.map { place in
      WindowOrigin(
        run: place.segment.run, entity: place.segment.entity, end: place.samples.upperBound)
    }
    return WindowBatch(layers: layers, origins: origins)
  }

  /// The delta of a layer that the entity is not in: counted from the start of the run.
  private static func neverObserved(
    _ samples: Range<Int>, _ channelCount: Int, _ window: UnsafeMutableBufferPointer<Float>,
    _ specification: WindowSpecification
  ) {
    for (row, time) in samples.enumerated() {
      let delta = logarithm(onePlus: Float(min(time + 1, specification.length)))
      for channel in 0..<channelCount { window[row * channelCount + channel] = delta }
    }
  }
}
