public import StrataTelemetry

extension TracedOperation {
  /// Reads the table of a published trace, `trace-*.csv.gz`.
  ///
  /// - Throws: `TelemetryFileError` naming the line.
  public static func all(contentsOf path: String) throws(TelemetryFileError) -> [TracedOperation] {
    var reader = try CSVReader(contentsOf: path)
    let (step, replica, stage) = (try reader.column("step"), try reader.column("dp_rank"), try reader.column("stage"))
    let (kind, slot) = (try reader.column("optype"), try reader.column("seq_id"))
    let (start, duration) = (try reader.column("start_ts"), try reader.column("duration"))
    var operations: [TracedOperation] = []
    while try reader.advance() {
      let name = try reader.text(kind)
      guard let kind = Kind(rawValue: name) else { throw reader.error("there is no operation '\(name)'") }
      operations.append(
        TracedOperation(
          step: try reader.count(step), replica: try reader.count(replica), stage: try reader.count(stage), kind: kind,
          slot: try reader.count(slot), start: try reader.finite(start), duration: try reader.finite(duration)))
    }
    return operations
  }
}

extension CSVReader {
  /// A number that is neither missing nor infinite.
  func finite(_ column: Int) throws(TelemetryFileError) -> Double {
    let value = try number(column)
    guard value.isFinite else { throw error("column '\(columns[column])' is not a finite number") }
    return value
  }

  /// A whole number from zero.
  func count(_ column: Int) throws(TelemetryFileError) -> Int {
    let value = try number(column)
    guard let whole = Int(exactly: value), whole >= 0 else {
      throw error("column '\(columns[column])' is not a whole number from zero")
    }
    return whole
  }
}
