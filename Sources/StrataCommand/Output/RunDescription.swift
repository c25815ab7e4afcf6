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
    /// The smallest and the largest sample of any entity; `nil` when nothing was observed.
    let minimum: Float?
    let maximum: Float?
    /// Whether all samples of all entities are equal, so that nothing can be learned from them.
    let isConstant: Bool
  }

  /// What was counted of one channel.
  private struct Observed {
    /// Samples per entity.
    var counts: [Int]
    var minimum = Float.infinity
    var maximum = -Float.infinity
  }

  let name: String
  let start: String
  let intervalInSeconds: Double
  let sampleCount: Int
  /// Whether more samples may follow.
  let isGrowing: Bool
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
    isGrowing = store.isGrowing
    (trainingEnd, labels, provenance) = (metadata.split?.trainingEnd, metadata.labels, metadata.provenance)
    layers = try metadata.layers.map { layer in
      let observed = try Self.observed(in: layer, of: store)
      return Layer(
        layer: layer.layer, entities: layer.entities,
        channels: zip(layer.channels, observed).map { channel, observed in
          let isObserved = observed.minimum <= observed.maximum
          return ChannelDescription(
            name: channel.name, kind: channel.kind, unit: channel.unit, meaning: channel.meaning,
            missingShare: Self.missingShare(observed.counts, of: metadata.sampleCount),
            minimum: isObserved ? observed.minimum : nil, maximum: isObserved ? observed.maximum : nil,
            isConstant: observed.minimum == observed.maximum)
        })
    }
  }

  /// The share of samples that are missing, over the entities that report; one where none does.
  private static func missingShare(_ counts: [Int], of length: Int) -> Double {
    let reporting = counts.filter { $0 > 0 }
    return 1 - Double(reporting.reduce(0, +)) / Double(max(reporting.count * length, 1))
  }

  /// What the samples of each channel are.
  private static func observed(in layer: LayerMetadata, of store: RunStore) throws -> [Observed] {
    let channels = layer.channels.count
    var observed = layer.channels.map { _ in Observed(counts: [Int](repeating: 0, count: layer.entities.count)) }
    let length = store.metadata.sampleCount
    for first in stride(from: 0, to: length, by: blockLength) {
      let block = try store.read(layers: [layer.layer], samples: first..<min(first + blockLength, length))
      block[layer.layer]?.values.withElements { values in
        for index in values.indices where !values[index].isNaN {
          let (row, channel) = index.quotientAndRemainder(dividingBy: channels)
          observed[channel].counts[row % layer.entities.count] += 1
          guard values[index].isFinite else { continue }
          observed[channel].minimum = min(observed[channel].minimum, values[index])
          observed[channel].maximum = max(observed[channel].maximum, values[index])
        }
      }
    }
    return observed
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
      .init("layer"), .init("channel"), .init("kind"), .init("unit"), .init("meaning"),
      .init("missing", isNumber: true),
      .init("range", isNumber: true))
    for layer in layers {
      for channel in layer.channels {
        table.add(
          layer.layer.rawValue, channel.name, channel.kind.rawValue, channel.unit, channel.meaning.rawValue,
          NumberText.fixed(channel.missingShare * 100, decimals: 2) + " %", Self.range(of: channel))
      }
    }
    return table
  }

  private static func range(of channel: ChannelDescription) -> String {
    guard let minimum = channel.minimum, let maximum = channel.maximum else { return "never observed" }
    let low = NumberText.short(Double(minimum))
    return channel.isConstant ? "constant \(low)" : "\(low) to \(NumberText.short(Double(maximum)))"
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
