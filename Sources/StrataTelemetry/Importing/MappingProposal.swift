import StrataTensor

/// A mapping that a table may have, guessed from its header and first rows, for somebody to correct.
///
/// ```swift
/// print(try MappingProposal(of: CSVReader(contentsOf: "metrics.csv")).yaml)
/// ```
public struct MappingProposal: Sendable {
  /// Rows that are looked at.
  private static let rowLimit = 10_000
  /// Texts of an entity column that are remembered.
  private static let entityLimit = 4096

  /// The column of times and its format; `nil` when none looks like one.
  public private(set) var time: (column: String, format: TimestampFormat)?
  /// The column that names entities; `nil` when all rows seem to be about one.
  public private(set) var entity: String?
  /// Columns of numbers, with the channels that their names suggest.
  public private(set) var columns: [CSVMapping.Column] = []
  /// Columns that hold neither.
  public private(set) var ignored: [String] = []
  /// Seconds between the rows of one entity, mostly; `nil` when that cannot be told.
  public private(set) var interval: Double?

  /// Looks at the first 10 000 rows of a table.
  ///
  /// - Throws: ``TelemetryFileError`` when the table cannot be read.
  public init(of reader: consuming CSVReader) throws(TelemetryFileError) {
    var facts = reader.columns.map { ColumnFacts(name: $0) }
    var rows: [(time: Double, entity: String)] = []
    var lines = 0
    while lines < Self.rowLimit, try reader.advance() {
      lines += 1
      for column in facts.indices { facts[column].add(try reader.text(column)) }
    }
    let timePlace =
      facts.firstIndex { $0.timeFormat != nil && $0.saysTime } ?? facts.firstIndex { $0.timeFormat == .iso8601 }
    if let timePlace { time = (facts[timePlace].name, facts[timePlace].timeFormat!) }
    let entityPlace = facts.indices.filter { $0 != timePlace && facts[$0].isText }.max {
      (facts[$0].saysEntity ? 1 : 0, -$0) < (facts[$1].saysEntity ? 1 : 0, -$1)
    }
    entity = entityPlace.map { facts[$0].name }
    for (place, fact) in facts.enumerated() where place != timePlace && place != entityPlace {
      if fact.isNumeric {
        columns.append(fact.column)
      } else {
        ignored.append(fact.name)
      }
    }
    guard let timePlace else { return }
    for row in 0..<facts[timePlace].texts.count {
      guard let seconds = facts[timePlace].seconds(row) else { continue }
      rows.append((seconds, entityPlace.map { facts[$0].texts[row] } ?? ""))
    }
    interval = Self.interval(of: rows)
  }

  /// The median of the steps between different times of one entity.
  private static func interval(of rows: [(time: Double, entity: String)]) -> Double? {
    var last: [String: Double] = [:]
    var steps: [Double] = []
    for row in rows {
      if let before = last[row.entity], row.time > before { steps.append(row.time - before) }
      if last.count < entityLimit || last[row.entity] != nil { last[row.entity] = row.time }
    }
    guard !steps.isEmpty else { return nil }
    // To the millisecond, since times are sums of fractions.
    return max((steps.sorted()[steps.count / 2] * 1000).rounded() / 1000, 0.001)
  }

  /// The mapping as YAML, with what is to be looked at in comments.
  public var yaml: String {
    var text = "# A proposal; look at every line, and at layer, kind, unit and meaning above all.\n"
    text += "interval: \(Self.plain(interval ?? 1))  # seconds between samples\n"
    if let time {
      text += "time: {column: \(Self.quoted(time.column)), format: \(time.format.rawValue)}\n"
    } else {
      text += "time: {column: FILL_IN, format: unix}  # no column looks like times\n"
    }
    text +=
      entity.map { "entity: {column: \(Self.quoted($0)), inside: c0}\n" }
      ?? "entity: {path: c0/host0}  # no column names entities\n"
    text += "channels:\n"
    for column in columns {
      let channel = column.channel
      text += "  - {column: \(Self.quoted(column.column)), layer: \(column.layer), kind: \(channel.kind.rawValue), "
      text += "unit: \(Self.quoted(channel.unit)), meaning: \(channel.meaning.rawValue)}\n"
    }
    if !ignored.isEmpty { text += "ignore: [\(ignored.map(Self.quoted).joined(separator: ", "))]\n" }
    return text + "# training: 0.5  # the share of the samples, from the start, that is known to be clean\n"
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && number < 1e15 ? "\(Int(number))" : "\(number)"
  }

  /// Text as YAML reads it back.
  private static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      && text.first!.isLetter
      && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    return isPlain ? text : "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
