import StrataTelemetry

/// Nodes are a table, one list per column: a fault that stops a large job has many for every device.
extension PropagationGraph {
  private enum Key: String, CodingKey { case nodes, edges }
  private enum Column: String, CodingKey { case entity, layer, channel, sample, role }

  /// Reads the table.
  ///
  /// - Throws: `DecodingError`, also for columns of different lengths.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    edges = try container.decode([Edge].self, forKey: .edges)
    let columns = try container.nestedContainer(keyedBy: Column.self, forKey: .nodes)
    let entities = try columns.decode([EntityPath].self, forKey: .entity)
    func column<Element: Decodable>(_ key: Column) throws -> [Element] {
      let elements = try columns.decode([Element].self, forKey: key)
      guard elements.count == entities.count else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: columns,
          debugDescription: "'\(key.rawValue)' has \(elements.count) elements and 'entity' \(entities.count)")
      }
      return elements
    }
    let layers: [TelemetryLayer] = try column(.layer)
    let channels: [String] = try column(.channel)
    let samples: [Int] = try column(.sample)
    let roles: [FaultStage.Role] = try column(.role)
    nodes = entities.indices.map {
      FaultImpact.Onset(
        entity: entities[$0], layer: layers[$0], channel: channels[$0], sample: samples[$0], role: roles[$0])
    }
  }

  /// Writes the table.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(edges, forKey: .edges)
    var columns = container.nestedContainer(keyedBy: Column.self, forKey: .nodes)
    try columns.encode(nodes.map(\.entity), forKey: .entity)
    try columns.encode(nodes.map(\.layer), forKey: .layer)
    try columns.encode(nodes.map(\.channel), forKey: .channel)
    try columns.encode(nodes.map(\.sample), forKey: .sample)
    try columns.encode(nodes.map(\.role), forKey: .role)
  }
}
