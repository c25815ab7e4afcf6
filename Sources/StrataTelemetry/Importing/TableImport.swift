/// A run made of a table, and what became of the rows.
public struct TableImport: Sendable {
  public let run: Run
  /// Rows that replaced a value of an earlier row, which ``CSVMapping/DuplicateTreatment/last`` allows.
  public let replacedRowCount: Int
  /// How many samples apart the rows of an entity mostly are.
  public let rowSpacing: Int
  /// Columns whose numbers are odd for what the mapping says of them.
  public let oddities: [ColumnOddity]

  /// What somebody who imports the table should know, one sentence each; nothing when all is as it should be.
  public var notes: [String] {
    var notes: [String] = []
    if replacedRowCount > 0 {
      notes.append("\(replacedRowCount) \(replacedRowCount == 1 ? "row" : "rows") replaced values of earlier ones")
    }
    if rowSpacing > 1 {
      let seconds = Double(rowSpacing) * run.interval
      notes.append(
        "the rows of an entity are mostly \(seconds) s apart and samples \(run.interval) s, so that most samples are "
          + "missing; 'interval: \(seconds)' would fit")
    }
    let early = run.labels.filter { !$0.isBenign && $0.interval.lowerBound < run.split?.trainingEnd ?? 0 }.count
    if early > 0 {
      notes.append(
        "\(early) \(early == 1 ? "fault begins" : "faults begin") before the end of training time, which should be clean"
      )
    }
    return notes + oddities.map(\.note)
  }
}
