public import StrataEvaluation
import StrataTensor

/// The means over seeds of every method, with intervals over entities.
public struct ResultTable: Sendable {
  /// One method on one data set.
  public struct Line: Sendable {
    public let data: String
    public let method: String
    public let seedCount: Int
    public let columns: [Metric: BootstrapInterval]
    /// The mean VUS-PR of every entity, over seeds: what paired differences are taken of.
    public let entityVUS: [String: Double]
  }

  /// What the table shows.
  public static let columns: [Metric] = [.vusPR, .averagePrecision, .areaUnderROC, .vusROC, .eventF1, .hitRate]

  public let lines: [Line]
  /// Per data set, the paired difference in VUS-PR between the first method and the best of the others.
  public let gains: [(data: String, against: String, interval: BootstrapInterval)]

  /// - Parameters:
  ///   - first: The method whose gain over the best other is reported.
  ///   - resamples: How often cases are drawn for an interval.
  ///   - rows: What was measured.
  public init(_ rows: [ResultRow], first: String, resamples: Int) throws(EvaluationError) {
    var generator = Generator(seed: 1)
    var lines: [Line] = []
    var gains: [(String, String, BootstrapInterval)] = []
    for data in rows.map(\.data).unique {
      let methods = rows.filter { $0.data == data }.map(\.method).unique
      var own: [Line] = []
      for method in methods {
        own.append(
          Line(rows.filter { $0.data == data && $0.method == method }, data, method, resamples, using: &generator))
      }
      own.sort { $0.columns[.vusPR]!.estimate > $1.columns[.vusPR]!.estimate }
      if let ours = own.first(where: { $0.method == first }), let best = own.first(where: { $0.method != first }) {
        let entities = ours.entityVUS.keys.sorted()
        gains.append(
          (
            data, best.method,
            try bootstrapDifference(
              entities.map { ours.entityVUS[$0]! }, minus: entities.map { best.entityVUS[$0]! }, resamples: resamples,
              using: &generator)
          ))
      }
      lines += own
    }
    (self.lines, self.gains) = (lines, gains)
  }
}

extension ResultTable.Line {
  /// An entity with the means of its metrics over seeds.
  private typealias EntityMeans = (entity: String, values: [Metric: Double])

  fileprivate init(
    _ rows: [ResultRow], _ data: String, _ method: String, _ resamples: Int, using generator: inout Generator
  ) {
    let entities: [EntityMeans] = rows.map(\.entity).unique.map { entity in
      let own = rows.filter { $0.entity == entity }
      var means: [Metric: Double] = [:]
      for metric in Metric.rowColumns {
        let values = own.compactMap { $0.values[metric] }
        if !values.isEmpty { means[metric] = values.reduce(0, +) / Double(values.count) }
      }
      return (entity, means)
    }
    func interval(_ statistic: ([EntityMeans]) -> Double) -> BootstrapInterval {
      bootstrapInterval(over: entities, resamples: resamples, using: &generator, of: statistic)
    }
    func mean(_ metric: Metric) -> ([EntityMeans]) -> Double {
      { cases in cases.reduce(0) { $0 + ($1.values[metric] ?? 0) } / Double(cases.count) }
    }
    var columns: [Metric: BootstrapInterval] = [
      .vusPR: interval(mean(.vusPR)), .vusROC: interval(mean(.vusROC)),
      .averagePrecision: interval(mean(.averagePrecision)), .areaUnderROC: interval(mean(.areaUnderROC)),
      .eventF1: interval(Self.eventF1),
    ]
    if entities.contains(where: { $0.values[.hitRate] != nil }) { columns[.hitRate] = interval(Self.hitRate) }
    self.init(
      data: data, method: method, seedCount: Set(rows.map(\.seed)).count, columns: columns,
      entityVUS: Dictionary(uniqueKeysWithValues: entities.map { ($0.entity, $0.values[.vusPR] ?? 0) }))
  }

  /// F1 of the events of all entities together, under the threshold they share.
  private static func eventF1(_ cases: [EntityMeans]) -> Double {
    func total(_ metric: Metric) -> Double { cases.reduce(0) { $0 + ($1.values[metric] ?? 0) } }
    let denominator = total(.events) + total(.foundEvents) + total(.falseAlarms)
    return denominator > 0 ? 2 * total(.foundEvents) / denominator : 0
  }

  /// The mean over events with named culprits, not over entities.
  private static func hitRate(_ cases: [EntityMeans]) -> Double {
    let events = cases.reduce(0) { $0 + ($1.values[.culpritEvents] ?? 0) }
    return events > 0
      ? cases.reduce(0) { $0 + ($1.values[.hitRate] ?? 0) * ($1.values[.culpritEvents] ?? 0) } / events : 0
  }
}

extension ResultTable {
  /// A Markdown table per data set.
  public var markdown: String {
    var text = ""
    for data in lines.map(\.data).unique {
      text += "### \(data)\n\n| method | seeds | " + Self.columns.map(\.title).joined(separator: " | ") + " |\n"
      text += "|---|---|" + String(repeating: "---|", count: Self.columns.count) + "\n"
      for line in lines where line.data == data {
        let cells = Self.columns.map { column in line.columns[column].map(Self.cell) ?? "–" }
        text += "| \(line.method) | \(line.seedCount) | " + cells.joined(separator: " | ") + " |\n"
      }
      for gain in gains where gain.data == data {
        text +=
          "\nPaired difference in VUS-PR to the best other method (\(gain.against)): \(Self.cell(gain.interval)).\n"
      }
      text += "\n"
    }
    return text
  }

  private static func cell(_ interval: BootstrapInterval) -> String {
    func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 3) }
    return "\(number(interval.estimate)) [\(number(interval.lower)), \(number(interval.upper))]"
  }
}

extension Sequence where Element: Hashable {
  /// The elements in the order in which they first occur.
  var unique: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
