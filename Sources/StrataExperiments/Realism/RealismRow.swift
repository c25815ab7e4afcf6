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
  /// That of the simulator, or the distance; the mean over seeds.
  public let simulated: Double
  /// The lowest and the highest of all seeds.
  public let range: ClosedRange<Double>
  /// The largest deviation that passes, relative to the public figure, or the largest distance; nil where a figure is
  /// reported and not judged.
  public let limit: Double?

  /// A figure; of one seed when there is no range.
  public init(
    section: String, quantity: String, unit: String = "1", published: Double?, simulated: Double,
    range: ClosedRange<Double>? = nil, limit: Double?
  ) {
    (self.section, self.quantity, self.unit) = (section, quantity, unit)
    (self.published, self.simulated, self.limit) = (published, simulated, limit)
    self.range = range ?? simulated...simulated
  }

  /// Rows of several seeds as one: means, and the range over all.
  ///
  /// - Precondition: There is a seed, and every one has the same quantities in the same order.
  public static func merged(_ seeds: [[RealismRow]]) -> [RealismRow] {
    require(!seeds.isEmpty, "RealismRow.merged: no seed")
    return seeds[0].indices.map { place in
      let rows = seeds.map { own in
        require(
          own.indices.contains(place) && own[place].quantity == seeds[0][place].quantity,
          "RealismRow.merged: '\(seeds[0][place].quantity)' is not what every seed has")
        return own[place]
      }
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      let published = rows.compactMap(\.published)
      return RealismRow(
        section: rows[0].section, quantity: rows[0].quantity, unit: rows[0].unit,
        published: published.isEmpty ? nil : mean(published), simulated: mean(rows.map(\.simulated)),
        range: rows.map(\.range.lowerBound).min()!...rows.map(\.range.upperBound).max()!, limit: rows[0].limit)
    }
  }

  /// How far the simulator is off: relative to the public figure, or the distance.
  public var deviation: Double { published.map { simulated / $0 - 1 } ?? simulated }

  /// Whether it is within its limit; nil where there is none.
  public var isWithinLimit: Bool? { limit.map { deviation.magnitude <= $0 } }
}

extension RealismRow {
  /// The first line of the file: the names of the columns.
  public static let header = "section,quantity,unit,published,simulated,lowest,highest,limit,within"

  /// A header and a line per row.
  ///
  /// - Precondition: No text holds a comma or a line end.
  public static func text(of rows: [RealismRow]) -> String {
    let lines = rows.map { row in
      require(
        ![row.section, row.quantity, row.unit].contains { $0.contains { $0 == "," || $0.isNewline } },
        "RealismRow: '\(row.quantity)' of '\(row.section)' holds a comma or a line end")
      let numbers = [row.published, row.simulated, row.range.lowerBound, row.range.upperBound, row.limit].map {
        $0.map(CommaSeparated.number) ?? ""
      }
      let verdict = row.isWithinLimit.map { $0 ? "yes" : "no" } ?? ""
      return ([row.section, row.quantity, row.unit] + numbers + [verdict]).joined(separator: ",")
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
      guard fields.count == 9, let simulated = Double(fields[4]), let lowest = Double(fields[5]),
        let highest = Double(fields[6]), lowest <= highest
      else {
        throw ExperimentError(
          "\(source):\(offset + 2): expected 9 fields, the fifth a number and the next two a range")
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
          range: lowest...highest, limit: try optional(7)))
    }
    return rows
  }
}

extension [RealismRow] {
  /// A Markdown table per section.
  public var markdown: String {
    var text = ""
    for section in map(\.section).unique {
      text += "### \(section)\n\n| figure | public | simulated | seeds | off by | limit | |\n"
      text += "|---|---:|---:|---|---:|---:|---|\n"
      for row in self where row.section == section {
        let published = row.published.map { NumberText.quantity($0, unit: row.unit, digits: 4) } ?? "–"
        let simulated = NumberText.quantity(row.simulated, unit: row.unit, digits: 4)
        let range = [row.range.lowerBound, row.range.upperBound].map {
          NumberText.quantity($0, unit: row.unit, digits: 4)
        }.joined(separator: " – ")
        let isDistance = row.published == nil
        let deviation = isDistance ? simulated : NumberText.fixed(row.deviation * 100, decimals: 1) + " %"
        let limit = row.limit.map {
          isDistance ? NumberText.fixed($0, decimals: 2) : NumberText.fixed($0 * 100, decimals: 0) + " %"
        }
        let verdict = row.isWithinLimit.map { $0 ? "within" : "**off**" } ?? ""
        text += "| \(row.quantity) | \(published) | \(isDistance ? "–" : simulated) | \(range) | \(deviation) "
        text += "| \(limit ?? "–") | \(verdict) |\n"
      }
      text += "\n"
    }
    return text
  }
}
