import StrataTensor

/// One layer of one region, read through the channel order of a scale.
struct LayerSource: Sendable {
  let series: LayerSeries
  let region: SplitRegion
  /// For each channel of the scale its position in the series, or `nil` where the series lacks it.
  let columns: [Int?]
  /// The position in the series of every visible entity that the series has, by role.
  let groups: [String: [Int]]
  private let positions: [EntityPath: Int]

  init?(_ layer: TelemetryLayer, channels: [Channel], region: SplitRegion, run: Run) {
    guard let series = run[layer] else { return nil }
    let named = Dictionary(uniqueKeysWithValues: series.channels.enumerated().map { ($1.name, $0) })
    let visible = Set(region.visible)
    let seen = series.entities.indices.filter { visible.contains(series.entities[$0]) }
    (self.series, self.region) = (series, region)
    positions = Dictionary(uniqueKeysWithValues: seen.map { (series.entities[$0], $0) })
    columns = channels.map { named[$0.name] }
    groups = Dictionary(grouping: seen) { run.role(of: series.entities[$0]) }
  }

  /// Where `entity` stands in the series, if it is there and visible.
  func position(of entity: EntityPath) -> Int? { positions[entity] }

  /// Appends the observed samples of one channel of one entity, every `step`-th of the region.
  func appendObserved(
    channel: Int, entity: Int, every step: Int = 1, logarithm: Bool, to values: inout [Float]
  ) {
    guard let column = columns[channel] else { return }
    let width = series.entities.count * series.channels.count
    let offset = entity * series.channels.count + column
    series.values.withElements { elements in
      for time in stride(from: region.samples.lowerBound, to: region.samples.upperBound, by: step) {
        let sample = elements[time * width + offset]
        if sample.isFinite { values.append(logarithm ? RobustScale.signedLogarithm(sample) : sample) }
      }
    }
  }

  /// Writes the observed samples of one channel at one time, over the entities at `members`; returns how many.
  @inline(__always)
  func gatherPeers(
    column: Int, time: Int, members: [Int], logarithm: Bool, from elements: UnsafeBufferPointer<Float>,
    into buffer: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    let channelCount = series.channels.count
    let start = time * series.entities.count * channelCount + column
    var count = 0
    for member in members {
      let sample = elements[start + member * channelCount]
      guard sample.isFinite else { continue }
      buffer[count] = logarithm ? RobustScale.signedLogarithm(sample) : sample
      count += 1
    }
    return count
  }
}
