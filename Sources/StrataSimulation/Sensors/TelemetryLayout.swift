package import StrataTelemetry

/// Where the readings of each kind of entity stand in the arrays of a layer.
///
/// A layer holds the entities of one kind after another, and their channels likewise; a channel that an entity does not
/// have is missing.
package struct TelemetryLayout: Sendable {
  /// The readings of one kind of entity in one layer.
  package struct Part: Sendable {
    package let kind: EntityKind
    package let firstEntity: Int
    package let entityCount: Int
    package let firstChannel: Int
    package let instruments: [Instrument]
  }

  /// One layer.
  package struct Layer: Sendable {
    package let layer: TelemetryLayer
    package let entities: [EntityPath]
    package let channels: [Channel]
    package let parts: [Part]
  }

  package let layers: [Layer]
  /// The entities of each kind.
  package let entities: [[EntityPath]]

  package init(_ world: World) {
    let entities = Self.entities(of: world)
    self.entities = entities
    let trains = !world.training.isEmpty
    let serves = !world.serving.isEmpty
    layers = TelemetryLayer.allCases.map { layer in
      var (paths, channels, parts) = ([EntityPath](), [Channel](), [Part]())
      for kind in EntityKind.allCases {
        let instruments = Instrument.all.filter {
          $0.layer == layer && $0.kind == kind && Self.isUsed($0, trains: trains, serves: serves)
        }
        guard !instruments.isEmpty, !entities[kind.rawValue].isEmpty else { continue }
        parts.append(
          Part(
            kind: kind, firstEntity: paths.count, entityCount: entities[kind.rawValue].count,
            firstChannel: channels.count, instruments: instruments))
        paths += entities[kind.rawValue]
        channels += instruments.map(\.channel)
      }
      return Layer(layer: layer, entities: paths, channels: channels, parts: parts)
    }
  }

  /// Whether any job of a scenario can give a reading.
  private static func isUsed(_ instrument: Instrument, trains: Bool, serves: Bool) -> Bool {
    guard instrument.kind == .job, let signal = JobSignal(rawValue: instrument.signal) else { return true }
    switch signal {
    case .firstTokenTime, .outputTokenTime, .running, .waiting, .cacheUsage, .requests, .generatedTokens: return serves
    case .restarts: return true
    default: return trains
    }
  }

  private static func entities(of world: World) -> [[EntityPath]] {
    var (routers, experts) = ([EntityPath](), [EntityPath]())
    for job in world.jobs {
      for layer in 0..<job.routerShape.layers {
        let path = job.path.appending("layer\(layer)")
        routers.append(path)
        experts += (0..<job.routerShape.experts).map { path.appending("expert\($0)") }
      }
    }
    return [world.cluster.devices, world.cluster.hosts, world.jobs.map(\.path), routers, experts]
  }
}
