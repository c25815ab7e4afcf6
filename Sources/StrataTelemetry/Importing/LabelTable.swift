/// Reads a table of what is known to have happened, one row per interval.
struct LabelTable {
  private let clock: TableClock
  private let format: TimestampFormat
  /// The entities of the run and all that encloses them.
  private let entities: Set<EntityPath>
  /// The names of the channels of each layer.
  private let channels: [TelemetryLayer: [String]]

  init(_ layers: [LayerSeries], _ clock: TableClock, _ format: TimestampFormat) {
    (self.clock, self.format) = (clock, format)
    var entities: Set<EntityPath> = []
    for entity in layers.flatMap(\.entities) {
      var place: EntityPath? = entity
      while let known = place, entities.insert(known).inserted { place = known.parent }
    }
    self.entities = entities
    channels = Dictionary(uniqueKeysWithValues: layers.map { ($0.layer, $0.channels.map(\.name)) })
  }

  func read(_ reader: consuming CSVReader) throws(TelemetryFileError) -> [FaultLabel] {
    let (start, end) = (try reader.column("start"), try reader.column("end"))
    let (entity, kind) = (try reader.column("entity"), try reader.column("kind"))
    let layer = reader.columns.firstIndex(of: "layer")
    let channels = reader.columns.firstIndex(of: "channels")
    let benign = reader.columns.firstIndex(of: "benign")
    for name in reader.columns where !["start", "end", "entity", "kind", "layer", "channels", "benign"].contains(name) {
      throw reader.error("column '\(name)' is not one of start, end, entity, kind, layer, channels, benign")
    }
    var labels: [FaultLabel] = []
    while try reader.advance() {
      let first = clock.sample(at: try format.seconds(start, of: reader))
      let last = clock.sample(at: try format.seconds(end, of: reader))
      guard first < last, last > 0, first < clock.sampleCount else {
        throw reader.error("the interval from sample \(first) to \(last) is empty or outside 0..<\(clock.sampleCount)")
      }
      let kind = try reader.text(kind)
      let layer = try layer.flatMap { (column) throws(TelemetryFileError) in try reader.layer(column) }
      labels.append(
        FaultLabel(
          kind: kind, entity: try self.entity(entity, of: reader), layer: layer,
          channels: try channels.map { (column) throws(TelemetryFileError) in
            try self.channels(column, of: reader)
          } ?? [],
          interval: max(first, 0)..<min(last, clock.sampleCount),
          isBenign: try benign.flatMap { (column) throws(TelemetryFileError) in try reader.truth(column) }
            ?? kind.hasPrefix("benign:")))
    }
    return labels
  }

  private func entity(_ column: Int, of reader: borrowing CSVReader) throws(TelemetryFileError) -> EntityPath {
    let text = try reader.text(column)
    guard let path = EntityPath(parsing: text) else { throw reader.error("'\(text)' is not an entity path") }
    guard entities.contains(path) else {
      let names = entities.sorted().map(\.description)
      throw reader.error("there is no entity '\(text)' in the table\(Self.alternatives(to: text, among: names))")
    }
    return path
  }

  private func channels(
    _ column: Int, of reader: borrowing CSVReader
  ) throws(TelemetryFileError) -> [String] {
    // What begins in one layer may show in another.
    let known = TelemetryLayer.allCases.flatMap { channels[$0] ?? [] }
    let names = try reader.text(column).split(separator: " ").map(String.init)
    for name in names where !known.contains(name) {
      throw reader.error("there is no channel '\(name)'\(Self.alternatives(to: name, among: known))")
    }
    return names
  }

  /// What may have been meant: the name inside something else, the one spelt most alike, or a few of them.
  private static func alternatives(to text: String, among names: [String]) -> String {
    if let inner = names.first(where: { $0.hasSuffix("/\(text)") }) { return "; did you mean '\(inner)'?" }
    let suggestion = Suggestion.clause(for: text, among: names)
    guard suggestion.isEmpty, !names.isEmpty else { return suggestion }
    return "; there are \(names.prefix(8).joined(separator: ", "))" + (names.count > 8 ? ", …" : "")
  }
}

extension CSVReader {
  /// The layer named in a column; `nil` where the field is empty.
  func layer(_ column: Int) throws(TelemetryFileError) -> TelemetryLayer? {
    isEmpty(column) ? nil : try choice(column, TelemetryLayer.self)
  }

  /// The case of `type` named in a column.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ column: Int, _ type: Choice.Type
  ) throws(TelemetryFileError) -> Choice {
    let text = try text(column)
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    throw error(
      "'\(text)' in column '\(columns[column])' is not one of \(names.joined(separator: ", "))"
        + Suggestion.clause(for: text, among: names))
  }

  /// The truth value in a column; `nil` where the field is empty.
  fileprivate func truth(_ column: Int) throws(TelemetryFileError) -> Bool? {
    switch try text(column) {
    case "true": return true
    case "false": return false
    case "": return nil
    case let text: throw error("'\(text)' in column '\(columns[column])' is not true or false")
    }
  }
}
