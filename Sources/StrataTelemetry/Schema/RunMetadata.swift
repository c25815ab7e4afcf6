import StrataTensor

/// What one telemetry layer of a run holds, without its values.
public struct LayerMetadata: Hashable, Sendable {
  public let layer: TelemetryLayer
  public let entities: [EntityPath]
  public let channels: [Channel]

  public init(layer: TelemetryLayer, entities: [EntityPath], channels: [Channel]) {
    (self.layer, self.entities, self.channels) = (layer, entities, channels)
  }
}

/// Everything about a run but its values.
public struct RunMetadata: Hashable, Sendable {
  public var name: String
  /// When the first sample was taken, in seconds since 1970 (UTC).
  public var start: Double
  /// The time between samples, in seconds.
  public var interval: Double
  public var sampleCount: Int
  /// At most one entry per layer, in the order of the layers.
  public let layers: [LayerMetadata]
  public var labels: [FaultLabel]
  public var split: RunSplit?
  public var topology: [EntityPath: [String: String]]
  public var provenance: [String: String]

  /// Metadata of a run; a writer counts the samples itself.
  public init(
    name: String, start: Double, interval: Double, sampleCount: Int = 0, layers: [LayerMetadata],
    labels: [FaultLabel] = [], split: RunSplit? = nil, topology: [EntityPath: [String: String]] = [:],
    provenance: [String: String] = [:]
  ) {
    (self.name, self.start, self.interval, self.sampleCount) = (name, start, interval, sampleCount)
    self.layers = layers.sorted { $0.layer < $1.layer }
    (self.labels, self.split, self.topology, self.provenance) = (labels, split, topology, provenance)
  }

  /// Seconds from 1970 within which times lie: nanoseconds since then must have a place in 64 bits.
  static let timeLimit = 4.5e9

  public subscript(layer: TelemetryLayer) -> LayerMetadata? { layers.first { $0.layer == layer } }

  /// When `sample` was taken, in seconds since 1970 (UTC).
  public func time(of sample: Int) -> Double { start + Double(sample) * interval }

  /// When `sample` was taken, in nanoseconds since 1970 (UTC), rounded once.
  ///
  /// - Precondition: The run does not contradict itself.
  func nanoseconds(of sample: Int) -> Int64 {
    let second = start.rounded(.down)
    return Int64(second) * 1_000_000_000 + Int64(((start - second + Double(sample) * interval) * 1e9).rounded())
  }

  /// What contradicts itself, in words; nil when nothing does.
  var contradiction: String? {
    guard start.isFinite else { return "the start \(start) is not a time" }
    guard interval > 0, interval.isFinite else { return "the interval \(interval) is not a positive time" }
    guard start.magnitude < Self.timeLimit, time(of: sampleCount).magnitude < Self.timeLimit else {
      return "the run does not lie between the years 1828 and 2112"
    }
    guard sampleCount >= 0 else { return "the sample count \(sampleCount) is negative" }
    if let end = split?.trainingEnd, !(0...sampleCount).contains(end) {
      return "training ends at sample \(end) of \(sampleCount)"
    }
    for label in labels where label.interval.lowerBound < 0 || label.interval.upperBound > sampleCount {
      return "label \(shown(label.kind)) lasts over samples \(label.interval) of \(sampleCount)"
    }
    return layersContradiction
  }

  private var layersContradiction: String? {
    if Set(layers.map(\.layer)).count < layers.count { return "a layer appears twice" }
    for layer in layers {
      var names: Set<String> = []
      for entity in layer.entities where !names.insert(entity.description).inserted {
        return "entity \(shown(entity.description)) of layer \(layer.layer) appears twice"
      }
      names = []
      for channel in layer.channels where !names.insert(channel.name).inserted {
        return "channel \(shown(channel.name)) of layer \(layer.layer) appears twice"
      }
    }
    return nil
  }
}

extension RunMetadata {
  /// Joins the root attributes of a store with what its arrays say.
  init(_ attributes: RunAttributes, layers: [LayerMetadata]) {
    self.init(
      name: attributes.name, start: attributes.start, interval: attributes.interval,
      sampleCount: attributes.sampleCount, layers: layers, labels: attributes.labels, split: attributes.split,
      topology: attributes.topology, provenance: attributes.provenance)
  }

  /// The metadata as if only the samples of `range` had been recorded.
  func selecting(samples range: Range<Int>) -> RunMetadata {
    RunMetadata(
      name: name, start: time(of: range.lowerBound), interval: interval, sampleCount: range.count,
      layers: layers, labels: labels.compactMap { $0.clamped(to: range) }, split: split?.clamped(to: range),
      topology: topology, provenance: provenance)
  }
}

extension Run {
  /// Everything about the run but its values.
  public var metadata: RunMetadata {
    RunMetadata(
      name: name, start: start, interval: interval, sampleCount: sampleCount,
      layers: layers.map { LayerMetadata(layer: $0.layer, entities: $0.entities, channels: $0.channels) },
      labels: labels, split: split, topology: topology, provenance: provenance)
  }

  /// Joins metadata with the values of some of its layers.
  init(_ metadata: RunMetadata, layers: [LayerSeries]) {
    self.init(
      name: metadata.name, start: metadata.start, interval: metadata.interval, sampleCount: metadata.sampleCount,
      layers: layers, labels: metadata.labels, split: metadata.split, topology: metadata.topology,
      provenance: metadata.provenance)
  }
}
