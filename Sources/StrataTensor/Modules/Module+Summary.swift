extension Module {
  /// How many numbers the module learns.
  public var parameterCount: Int { namedArrays().reduce(0) { $0 + $1.array.count } }

  /// The parameters as a table for a terminal: name, shape and count of each, in visiting order, and their total.
  ///
  /// ```
  /// name           shape    count
  /// hidden.weight  [3, 8]      24
  /// hidden.bias    [8]          8
  /// total                      32
  /// ```
  public var summary: String {
    let parameters = namedArrays().map { [$0.name, "\($0.array.shape)", "\($0.array.count)"] }
    let rows = [["name", "shape", "count"]] + parameters + [["total", "", "\(parameterCount)"]]
    let widths = (0..<3).map { column in rows.reduce(0) { max($0, $1[column].count) } }
    return rows.map { row in
      let filling = (0..<3).map { String(repeating: " ", count: widths[$0] - row[$0].count) }
      return row[0] + filling[0] + "  " + row[1] + filling[1] + "  " + filling[2] + row[2]
    }.joined(separator: "\n")
  }
}
