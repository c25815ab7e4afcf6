/// Entities and channels that are known to misbehave and are left out of what is scored.
public struct TelemetryExclusion: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Entities, each with everything inside it.
  public var entities: Set<EntityPath>
  /// Channels as `layer/name`.
  public var channels: Set<String>

  /// Leaves nothing out.
  public static let none = TelemetryExclusion(entities: [], channels: [])

  /// Leaves these out.
  public init(entities: Set<EntityPath>, channels: Set<String>) {
    (self.entities, self.channels) = (entities, channels)
  }

  /// What is left out, or `nothing`.
  public var description: String {
    let names = entities.map(\.description).sorted() + channels.sorted()
    return names.isEmpty ? "nothing" : names.map { "'\($0)'" }.joined(separator: ", ")
  }

  /// Sorts names into entities and channels by what a run has.
  ///
  /// - Parameters:
  ///   - names: Entities, or channels as `layer/name`.
  ///   - metadata: The runs that have them.
  /// - Throws: ``TelemetryExclusionError`` for a name that no run has, with the nearest that one has.
  public init(_ names: [String], in metadata: [RunMetadata]) throws(TelemetryExclusionError) {
    let layers = metadata.flatMap(\.layers)
    let known = Set(layers.flatMap { layer in layer.channels.map { "\(layer.layer)/\($0.name)" } })
    let entities = Set(layers.flatMap(\.entities))
    let places = entities.union(entities.flatMap(\.ancestors))
    self = .none
    for name in names {
      if known.contains(name) {
        channels.insert(name)
      } else if let entity = EntityPath(parsing: name), places.contains(entity) {
        self.entities.insert(entity)
      } else {
        throw TelemetryExclusionError(
          name: name,
          suggestion: Suggestion.clause(for: name, among: known.sorted() + places.map(\.description).sorted()))
      }
    }
  }

  /// The run without what is left out; a layer of which nothing remains is left out too.
  ///
  /// - Complexity: O(samples) when something is left out.
  public func applied(to run: Run) -> Run {
    guard self != .none else { return run }
    return Run(
      name: run.name, start: run.start, interval: run.interval, sampleCount: run.sampleCount,
      layers: run.layers.compactMap(applied), labels: run.labels, split: run.split, topology: run.topology,
      provenance: run.provenance)
  }

  private func applied(to series: LayerSeries) -> LayerSeries? {
    let rows = series.entities.indices.filter { row in
      !entities.contains(series.entities[row]) && entities.isDisjoint(with: series.entities[row].ancestors)
    }
    let columns = series.channels.indices.filter { !channels.contains("\(series.layer)/\(series.channels[$0].name)") }
    guard !rows.isEmpty, !columns.isEmpty else { return nil }
    return series.selecting(entities: rows, channels: columns)
  }
}

/// A name to leave out that nothing has.
public struct TelemetryExclusionError: Error, Equatable, CustomStringConvertible {
  /// The name.
  public let name: String
  let suggestion: String

  public var description: String {
    "there is no entity and no channel '\(name)'"
      + (suggestion.isEmpty ? "; write channels as 'layer/name'" : suggestion)
  }
}

extension EntityPath {
  /// Everything that encloses the entity, innermost first.
  var ancestors: [EntityPath] {
    var result: [EntityPath] = []
    var place = parent
    while let current = place {
      result.append(current)
      place = current.parent
    }
    return result
  }
}
