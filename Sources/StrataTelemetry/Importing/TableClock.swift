/// When a table begins and ends, and which entities it has: what the first pass over it finds.
struct TableClock: Sendable {
  let start: Double
  let interval: Double
  let sampleCount: Int
  /// The entities of the rows, sorted.
  let entities: [EntityPath]
  /// The position of each entity, by the text of its column; by the empty text where there is no such column.
  let positions: [String: Int]
  let rowCount: Int

  init(_ reader: consuming CSVReader, _ mapping: CSVMapping) throws(TelemetryFileError) {
    let time = try reader.column(mapping.timeColumn)
    let entity = try mapping.entityColumn.map { (name) throws(TelemetryFileError) in try reader.column(name) }
    try mapping.checkColumns(reader)
    var times = TimeStretches()
    var paths: [String: EntityPath] = [:]
    while try reader.advance() {
      times.add(try mapping.timeFormat.seconds(time, of: reader), line: reader.line)
      guard let entity else { continue }
      let text = try reader.text(entity)
      if paths[text] == nil { paths[text] = try mapping.path(text, of: reader) }
    }
    guard let bounds = times.bounds else { throw TelemetryFileError("has no rows", source: reader.source) }
    if case .path(let path) = mapping.entity { paths[""] = path }
    let count = ((bounds.upperBound - bounds.lowerBound) / mapping.interval).rounded() + 1
    try Self.checkGaps(times, sampleCount: count, mapping, source: reader.source)
    let entities = Set(paths.values).sorted()
    let places = Dictionary(uniqueKeysWithValues: entities.enumerated().map { ($1, $0) })
    (start, interval, sampleCount) = (bounds.lowerBound, mapping.interval, Int(count))
    rowCount = times.rowCount
    (self.entities, positions) = (entities, paths.mapValues { places[$0]! })
  }

  /// - Throws: ``TelemetryFileError`` with the line of the row to look at, when one gap makes nearly all of the samples or
  ///   there are too many.
  private static func checkGaps(
    _ times: TimeStretches, sampleCount count: Double, _ mapping: CSVMapping, source: String
  ) throws(TelemetryFileError) {
    let gap = times.widestGap
    if let gap, !mapping.isSparse {
      let missing = (gap.length / mapping.interval).rounded() - 1
      if missing > 0.99 * count {
        throw TelemetryFileError(
          "no row lies in the \(gap.length) s \(gap.isAfter ? "before" : "after") this one, so that more than 99 % of the "
            + "samples would be missing; correct the time, divide the table, or set 'sparse: true' in the mapping",
          source: source, line: gap.line)
      }
    }
    guard count <= Double(CSVImporter.sampleLimit) else {
      throw TelemetryFileError(
        "its times span \((count - 1) * mapping.interval) s, which is too long for samples every \(mapping.interval) s",
        source: source, line: gap?.line)
    }
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
    let known = Set(
      (columns.map(\.column) + ignored + [timeColumn] + (entityColumn.map { [$0] } ?? [])).map(\.withoutBlanksAround))
    let unknown = reader.columns.filter { !known.contains($0) }
    guard !unknown.isEmpty else { return }
    let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
    throw TelemetryFileError(
      "\(unknown.count == 1 ? "column" : "columns") \(names): map to a channel, or list under 'ignore'",
      source: reader.source, line: 1)
  }
}
