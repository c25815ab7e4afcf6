/// What one method reached on one entity with one seed; a row of `runs.csv`.
public struct ResultRow: Hashable, Sendable {
  public let data: String
  public let method: String
  public let seed: UInt64
  public let entity: String
  /// Of ``Metric/rowColumns``; absent where the method or the entity does not have the metric.
  public var values: [Metric: Double]

  public init(data: String, method: String, seed: UInt64, entity: String, values: [Metric: Double]) {
    (self.data, self.method, self.seed, self.entity, self.values) = (data, method, seed, entity, values)
  }
}

extension ResultRow {
  private static let keyColumns = ["data", "method", "seed", "entity"]

  /// The first line of the file: the names of the columns.
  public static var header: String { (keyColumns + Metric.rowColumns.map(\.rawValue)).joined(separator: ",") }

  /// Comma-separated, with at most six decimals; an absent metric is empty.
  var line: String {
    let numbers = Metric.rowColumns.map { metric in values[metric].map(CommaSeparated.number) ?? "" }
    return ([data, method, "\(seed)", entity] + numbers).joined(separator: ",")
  }

  /// Reads the rows that `text` holds, as written by ``text(of:)``.
  ///
  /// - Throws: ``ExperimentError`` naming the line.
  public static func parse(_ text: String, source: String) throws(ExperimentError) -> [ResultRow] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard let first = lines.first, first == header else {
      throw ExperimentError("\(source):1: the header is not '\(header)'; rerun the experiment")
    }
    var rows: [ResultRow] = []
    for (offset, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == keyColumns.count + Metric.rowColumns.count, let seed = UInt64(fields[2]) else {
        throw ExperimentError(
          "\(source):\(offset + 2): expected \(keyColumns.count + Metric.rowColumns.count) fields, the third a seed")
      }
      var values: [Metric: Double] = [:]
      for (metric, field) in zip(Metric.rowColumns, fields.dropFirst(keyColumns.count)) where !field.isEmpty {
        guard let value = Double(field) else {
          throw ExperimentError("\(source):\(offset + 2): '\(field)' in column '\(metric.rawValue)' is not a number")
        }
        values[metric] = value
      }
      rows.append(ResultRow(data: fields[0], method: fields[1], seed: seed, entity: fields[3], values: values))
    }
    return rows
  }

  /// A header and a line per row.
  public static func text(of rows: [ResultRow]) -> String {
    ([header] + rows.map(\.line)).joined(separator: "\n") + "\n"
  }
}

enum CommaSeparated {
  /// A number with at most six decimals, as programs read it.
  static func number(_ value: Double) -> String { "\((value * 1_000_000).rounded() / 1_000_000)" }
}

/// Why an experiment could not be run, read or verified.
public struct ExperimentError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
