/// When a table begins and ends, and which entities it has: what the first pass over it finds.
struct TableClock: Sendable {
  let start: Double
  let interval: Double
  let sampleCount: Int
  /// The entities of the rows, sorted.
  let entities: [EntityPath]
  /// The position of each entity, by the text of its column; by the empty text where there is no such column.
  let positions: [String: Int]

  init(_ reader: consuming CSVReader, _ mapping: CSVMapping) throws(TelemetryFileError) {
    let time = try reader.column(mapping.timeColumn)
    let entity = try mapping.entityColumn.map { (name) throws(TelemetryFileError) in try reader.column(name) }
    try mapping.checkColumns(reader)
    var (earliest, latest) = (Double.infinity, -Double.infinity)
    var paths: [String: EntityPath] = [:]
    while try reader.advance() {
      let seconds = try mapping.timeFormat.seconds(time, of: reader)
      (earliest, latest) = (min(earliest, seconds), max(latest, seconds))
      guard let entity else { continue }
      let text = try reader.text(entity)
      if paths[text] == nil { paths[text] = try mapping.path(text, of: reader) }
    }
    guard earliest <= latest else { throw TelemetryFileError("has no rows", source: reader.source) }
    if case .path(let path) = mapping.entity { paths[""] = path }
    let count = ((latest - earliest) / mapping.interval).rounded() + 1
    guard count <= Double(CSVImporter.sampleLimit) else {
      throw TelemetryFileError(
        "its times span \(latest - earliest) s, which is too long for samples every \(mapping.interval) s",
        source: reader.source)
    }
    let entities = Set(paths.values).sorted()
    let places = Dictionary(uniqueKeysWithValues: entities.enumerated().map { ($1, $0) })
    (start, interval, sampleCount) = (earliest, mapping.interval, Int(count))
    (self.entities, positions) = (entities, paths.mapValues { places[$0]! })
  }

  /// The sample nearest to a point in time.
  func sample(at seconds: Double) -> Int {
    Int(((seconds - start) / interval).rounded().clamped(to: -1e15...1e15))
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

extension CSVMapping {
  /// The column that names the entity of a row, if there is one.
  var entityColumn: String? {
    if case .column(let name, _) = entity { name } else { nil }
  }

  /// The entity that the text of a row names.
  fileprivate func path(_ text: String, of reader: borrowing CSVReader) throws(TelemetryFileError) -> EntityPath {
    guard case .column(let name, let inside) = entity else { fatalError("a table of one entity names none") }
    guard let path = EntityPath(parsing: text) else {
      throw reader.error("'\(text)' in column '\(name)' is not an entity path such as host3 or rack1/host3")
    }
    return inside.map { EntityPath($0.components + path.components) } ?? path
  }

  /// - Throws: ``TelemetryFileError`` when the table has columns that are neither mapped nor ignored.
  fileprivate func checkColumns(_ reader: borrowing CSVReader) throws(TelemetryFileError) {
    let known = Set(columns.map(\.column)).union(ignored).union([timeColumn]).union(entityColumn.map { [$0] } ?? [])
    let unknown = reader.columns.filter { !known.contains($0) }
    guard !unknown.isEmpty else { return }
    let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
    throw TelemetryFileError(
      "\(unknown.count == 1 ? "column" : "columns") \(names): map to a channel, or list under 'ignore'",
      source: reader.source, line: 1)
  }
}
