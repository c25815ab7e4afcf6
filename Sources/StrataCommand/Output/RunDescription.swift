import Strata

/// What a run store holds, for people and for programs.
struct RunDescription: Encodable {
  struct Layer: Encodable {
    let layer: TelemetryLayer
    let entities: [EntityPath]
    let channels: [ChannelDescription]
  }

  struct ChannelDescription: Encodable {
    let name: String
    let kind: Channel.Kind
    let unit: String
    let meaning: Channel.Meaning
    /// The share of samples that are missing, over the entities that ever report the channel.
    let missingShare: Double
  }

  let name: String
  let start: String
  let intervalInSeconds: Double
  let sampleCount: Int
  /// The first sample after training time, if the run says so.
  let trainingEnd: Int?
  let layers: [Layer]
  let labels: [FaultLabel]
  let provenance: [String: String]

  /// Samples that are read together.
  private static let blockLength = 4096

  /// - Complexity: Reads every sample once, in blocks.
  init(_ store: RunStore) throws {
    let metadata = store.metadata
    (name, start) = (metadata.name, TimeText.utc(metadata.start))
    (intervalInSeconds, sampleCount) = (metadata.interval, metadata.sampleCount)
    (trainingEnd, labels, provenance) = (metadata.split?.trainingEnd, metadata.labels, metadata.provenance)
    layers = try metadata.layers.map { layer in
      let missing = try Self.missingShares(of: layer, in: store)
      return Layer(
        layer: layer.layer, entities: layer.entities,
        channels: zip(layer.channels, missing).map { channel, share in
          ChannelDescription(
            name: channel.name, kind: channel.kind, unit: channel.unit, meaning: channel.meaning,
            missingShare: share)
        })
    }
  }

  /// The share of the samples of each channel that are missing, over the entities that report it; one where none does.
  private static func missingShares(of layer: LayerMetadata, in store: RunStore) throws -> [Double] {
    var observed = [Int](repeating: 0, count: layer.entities.count * layer.channels.count)
    let length = store.metadata.sampleCount
    for first in stride(from: 0, to: length, by: blockLength) {
      let block = try store.read(layers: [layer.layer], samples: first..<min(first + blockLength, length))
      block[layer.layer]?.values.withElements { values in
        for index in values.indices where !values[index].isNaN { observed[index % observed.count] += 1 }
      }
    }
    return layer.channels.indices.map { channel in
      let reporting = layer.entities.indices.map { observed[$0 * layer.channels.count + channel] }.filter { $0 > 0 }
      let total = max(reporting.count * length, 1)
      return 1 - Double(reporting.reduce(0, +)) / Double(total)
    }
  }
}

extension RunDescription {
  func text(isColored: Bool) -> String {
    let span = NumberText.duration(seconds: Double(sampleCount) * intervalInSeconds)
    var text =
      "\(name): \(sampleCount) samples every \(NumberText.short(intervalInSeconds)) s (\(span)) from \(start)\n"
    if let trainingEnd {
      text +=
        "Training ends before sample \(trainingEnd), \(NumberText.elapsed(seconds: Double(trainingEnd) * intervalInSeconds)) after the start.\n"
    }
    text += "\n" + entityTable.text(isColored: isColored) + "\n" + channelTable.text(isColored: isColored)
    if !labels.isEmpty { text += "\n" + labelTable.text(isColored: isColored) }
    return text
  }

  private var entityTable: TextTable {
    var table = TextTable(
      .init("layer"), .init("entities", isNumber: true), .init("channels", isNumber: true),
      .init("first and last entity"))
    for layer in layers {
      let ends = [layer.entities.first, layer.entities.count > 1 ? layer.entities.last : nil].compactMap {
        $0?.description
      }
      table.add(
        layer.layer.rawValue, "\(layer.entities.count)", "\(layer.channels.count)", ends.joined(separator: " … "))
    }
    return table
  }

  private var channelTable: TextTable {
    var table = TextTable(
      .init("layer"), .init("channel"), .init("kind"), .init("unit"), .init("meaning"), .init("missing", isNumber: true)
    )
    for layer in layers {
      for channel in layer.channels {
        table.add(
          layer.layer.rawValue, channel.name, channel.kind.rawValue, channel.unit, channel.meaning.rawValue,
          NumberText.fixed(channel.missingShare * 100, decimals: 2) + " %")
      }
    }
    return table
  }

  private var labelTable: TextTable {
    var table = TextTable(
      .init("label"), .init("entity"), .init("begins", isNumber: true), .init("lasts", isNumber: true), .init("layer"),
      .init("channels"))
    for label in labels.sorted(by: {
      ($0.interval.lowerBound, $0.kind, $0.entity) < ($1.interval.lowerBound, $1.kind, $1.entity)
    }) {
      table.add(
        label.kind, label.entity.description,
        NumberText.elapsed(seconds: Double(label.interval.lowerBound) * intervalInSeconds),
        NumberText.duration(seconds: Double(label.interval.count) * intervalInSeconds), label.layer?.rawValue ?? "",
        label.channels.joined(separator: " "))
    }
    return table
  }
}
