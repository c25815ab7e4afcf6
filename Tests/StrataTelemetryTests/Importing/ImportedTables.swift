import StrataTelemetry

/// Imports a table in memory of one row per host, with the channels `load` and `sent`.
func importTable(_ text: String, _ change: (inout CSVMapping) -> Void = { _ in }) throws -> TableImport {
  var mapping = CSVMapping(
    interval: 10, timeColumn: "t", entity: .column("host", inside: "c0"),
    columns: [
      CSVMapping.Column(column: "load", layer: .compute, channel: Channel(name: "load")),
      CSVMapping.Column(column: "sent", layer: .data, channel: Channel(name: "sent")),
    ])
  change(&mapping)
  return try CSVImporter(mapping: mapping, bytes: Array(("t,host,load,sent\n" + text).utf8), source: "t.csv").imported()
}

/// What is wrong with such a table.
func importProblem(_ text: String, _ change: (inout CSVMapping) -> Void = { _ in }) -> String {
  do { return "read \(try importTable(text, change).run.name)" } catch { return "\(error)" }
}
