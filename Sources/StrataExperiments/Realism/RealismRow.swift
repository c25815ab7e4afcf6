import StrataTensor

/// One figure of the simulator beside the same figure of public data; a row of `realism.csv`.
public struct RealismRow: Hashable, Sendable {
  /// The data set and what is simulated for it: `bytedance-ar`.
  public let section: String
  /// The figure.
  public let quantity: String
  /// In the UCUM spelling of channels; `1` for a plain number.
  public let unit: String
  /// That of the public data; nil for a distance between the two, which is zero at best.
  public let published: Double?
  /// That of the simulator, or the distance.
  public let simulated: Double
  /// The largest deviation that passes, relative to the public figure, or the largest distance; nil where a figure is
  /// reported and not judged.
  public let limit: Double?

  /// A figure.
  public init(
    section: String, quantity: String, unit: String = "1", published: Double?, simulated: Double, limit: Double?
  ) {
    (self.section, self.quantity, self.unit) = (section, quantity, unit)
    (self.published, self.simulated, self.limit) = (published, simulated, limit)
  }

  /// How far the simulator is off: relative to the public figure, or the distance.
  public var deviation: Double { published.map { simulated / $0 - 1 } ?? simulated }

  /// Whether it is within its limit; nil where there is none.
  public var isWithinLimit: Bool? { limit.map { deviation.magnitude <= $0 } }
}

extension RealismRow {
  /// The first line of the file: the names of the columns.
  public static let header = "section,quantity,unit,published,simulated,limit"

  /// A header and a line per row.
  ///
  /// - Precondition: No text holds a comma or a line end.
  public static func text(of rows: [RealismRow]) -> String {
    let lines = rows.map { row in
      require(
        ![row.section, row.quantity, row.unit].contains { $0.contains { $0 == "," || $0.isNewline } },
        "RealismRow: '\(row.quantity)' of '\(row.section)' holds a comma or a line end")
      let numbers = [row.published, row.simulated, row.limit].map { $0.map(CommaSeparated.number) ?? "" }
      return ([row.section, row.quantity, row.unit] + numbers).joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads the rows that `text` holds, as written by ``text(of:)``.
  ///
  /// - Throws: ``ExperimentError`` naming the line.
  public static func parse(_ text: String, source: String) throws(ExperimentError) -> [RealismRow] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard let first = lines.first, first == header else {
      throw ExperimentError("\(source):1: the header is not '\(header)'; rerun the experiment")
    }
    var rows: [RealismRow] = []
    for (offset, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 6, let simulated = Double(fields[4]) else {
        throw ExperimentError("\(source):\(offset + 2): expected 6 fields, the fifth a number")
      }
      func optional(_ field: Int) throws(ExperimentError) -> Double? {
        if fields[field].isEmpty { return nil }
        guard let value = Double(fields[field]) else {
          throw ExperimentError("\(source):\(offset + 2): '\(fields[field])' is not a number")
        }
        return value
      }
      rows.append(
        RealismRow(
          section: fields[0], quantity: fields[1], unit: fields[2], published: try optional(3), simulated: simulated,
          limit: try optional(5)))
    }
    return rows
  }
}

extension [RealismRow] {
  /// A Markdown table per section.
  public var markdown: String {
    var text = ""
    for section in map(\.section).unique {
      text += "### \(section)\n\n| figure | public | simulated | off by | limit | |\n|---|---:|---:|---:|---:|---|\n"
      for row in self where row.section == section {
        let published = row.published.map { NumberText.quantity($0, unit: row.unit, digits: 4) } ?? "–"
        let simulated = NumberText.quantity(row.simulated, unit: row.unit, digits: 4)
        let isDistance = row.published == nil
        let deviation = isDistance ? simulated : NumberText.fixed(row.deviation * 100, decimals: 1) + " %"
        let limit = row.limit.map {
          isDistance ? NumberText.fixed($0, decimals: 2) : NumberText.fixed($0 * 100, decimals: 0) + " %"
        }
        let verdict = row.isWithinLimit.map { $0 ? "within" : "**off**" } ?? ""
        text += "| \(row.quantity) | \(published) | \(isDistance ? "–" : simulated) | \(deviation) "
        text += "| \(limit ?? "–") | \(verdict) |\n"
      }
      text += "\n"
    }
    return text
  }
}
