/// A table for people: columns aligned, no rules, the headings bold where there are colours.
struct TextTable {
  struct Column {
    let title: String
    /// Numbers are aligned to the right.
    let isNumber: Bool

    init(_ title: String, isNumber: Bool = false) { (self.title, self.isNumber) = (title, isNumber) }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []
  /// By the number of rows before them.
  private var notes: [Int: [String]] = [:]

  init(_ columns: Column...) { self.init(columns) }
  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: String...) { add(cells) }
  mutating func add(_ cells: [String]) {
    rows.append(zip(columns, cells).map { $0.isNumber ? $1.withASCIIMinus : $1 })
  }

  /// Adds a line of its own below the last row.
  mutating func addNote(_ text: String) { notes[rows.count, default: []].append(text) }

  /// The lines of the table, each with its end.
  func text(isColored: Bool) -> String {
    let widths = columns.indices.map { index in
      ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (index, cell) in cells.enumerated() {
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        text += columns[index].isNumber ? padding + cell : cell + padding
        if index + 1 < cells.count { text += "  " }
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    let heading = line(columns.map(\.title))
    var lines = [isColored ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading]
    for (index, row) in rows.enumerated() { lines += [line(row)] + notes[index + 1, default: []].map { "    \($0)" } }
    return lines.map { $0 + "\n" }.joined()
  }
}

extension String {
  /// The text with the minus that programs read as one.
  var withASCIIMinus: String { replacing("\u{2212}", with: "-") }
}
