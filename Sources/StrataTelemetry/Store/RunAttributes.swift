/// The root attributes of a run store: the run's metadata as they are written.
///
/// Entities and channels stand with the arrays of their layer.
struct RunAttributes: Codable {
  static let format = "strata-run"
  static let currentVersion = 1

  var format = Self.format
  var formatVersion = Self.currentVersion
  var name: String
  var start: Double
  var interval: Double
  var sampleCount: Int
  var layers: [String]
  var labels: [FaultLabel]
  var split: RunSplit?
  var topology: [EntityPath: [String: String]]
  var provenance: [String: String]
  /// True while the store is being written: then its layers may be longer than `sampleCount`. Left out when it is complete.
  var growing: Bool?

  enum CodingKeys: String, CodingKey {
    case format, name, start, interval, layers, labels, split, topology, provenance, growing
    case formatVersion = "format_version"
    case sampleCount = "sample_count"
  }

  init(_ metadata: RunMetadata, isGrowing: Bool) {
    growing = isGrowing ? true : nil
    (name, start, interval) = (metadata.name, metadata.start, metadata.interval)
    sampleCount = metadata.sampleCount
    layers = metadata.layers.map(\.layer.rawValue)
    (labels, split) = (metadata.labels, metadata.split)
    (topology, provenance) = (metadata.topology, metadata.provenance)
  }
}

/// The part of the root attributes that tells whether the rest can be understood.
struct RunFormat: Codable {
  var format: String
  var formatVersion: Int

  enum CodingKeys: String, CodingKey {
    case format
    case formatVersion = "format_version"
  }
}

/// The attributes of a layer's group, for whoever opens the group alone.
struct LayerAttributes: Codable {
  var layer: TelemetryLayer
  var run: String
}

/// The attributes of the coordinate `channel`: one entry per channel.
struct ChannelAttributes: Codable {
  var kind: [Channel.Kind]
  var unit: [String]
  var meaning: [Channel.Meaning]
}

/// The attributes of the coordinate `time`, by the CF conventions.
struct TimeAttributes: Codable {
  var units = "nanoseconds since 1970-01-01 00:00:00"
  var calendar = "proleptic_gregorian"
}
