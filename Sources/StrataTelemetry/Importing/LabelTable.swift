/// A table of what is known to have happened, one row per interval.
enum LabelTable {
  static func read(
    _ reader: consuming CSVReader, clock: TableClock, format: TimestampFormat
  ) throws(TelemetryFileError) -> [FaultLabel] {
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
      let path = try reader.text(entity)
      guard let path = EntityPath(parsing: path) else { throw reader.error("'\(path)' is not an entity path") }
      let kind = try reader.text(kind)
      labels.append(
        FaultLabel(
          kind: kind, entity: path,
          layer: try layer.flatMap { (column) throws(TelemetryFileError) in
            try reader.layer(column)
          },
          channels: try channels.map { (column) throws(TelemetryFileError) in
            try reader.text(column).split(separator: " ").map(String.init)
          } ?? [],
          interval: max(first, 0)..<min(last, clock.sampleCount),
          isBenign: try benign.flatMap { (column) throws(TelemetryFileError) in try reader.truth(column) }
            ?? kind.hasPrefix("benign:")))
    }
    return labels
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
