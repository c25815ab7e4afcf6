/// A table of two hosts and the mapping for it.
extension Workplace {
  static let mapping = """
    interval: 10
    time: {column: t}
    entity: {column: host, inside: c0}
    channels:
      - {column: temp, layer: physical, unit: Cel, meaning: heat}
    """

  static let table =
    "t,host,temp\n" + (0..<20).map { "\(1_750_000_000 + 10 * $0),n\($0 % 2 + 1),4\($0 % 10)\n" }.joined()

  /// Writes `table.csv` and `mapping.yaml`, with more lines at the end of either.
  func writeTable(rows: String = "", mapping lines: String = "") throws {
    try write(Self.table + rows, to: "table.csv")
    try write(Self.mapping + "\n" + lines, to: "mapping.yaml")
  }

  /// Imports the table.
  func importTable(_ more: String..., to output: String = "table.zarr") throws -> Outcome {
    try start(["import", "csv", "table.csv", "--mapping", "mapping.yaml", "--output", output] + more).finish()
  }
}
