/// What one method finds in one run at one budget; a row of `runs.csv`.
public struct ClusterRow: Hashable, Sendable {
  /// What is counted or measured.
  public enum Quantity: String, CaseIterable, Sendable {
    case faults, found
    case falseAlarms = "false_alarms"
    /// Scored time, summed over nodes.
    case nodeDays = "node_days"
    /// Time without a fault, and how much of it an incident covers.
    case quietSeconds = "quiet_seconds"
    case alarmedSeconds = "alarmed_quiet_seconds"
    /// Found faults of one host, and for how many the incident blames it first.
    case hosts, rightHosts = "right_hosts"
    /// Faults of one host, and for how many the scores blame it first over the true interval.
    case givenHosts = "given_hosts"
    case rightGivenHosts = "right_given_hosts"
    /// The volume under the precision-recall surface of the highest score of any entity; absent without faults.
    case vusPR = "vus_pr"

    /// What two processors may differ by: one alarm at the edge of a threshold, and how long it lasts.
    var leastTolerance: Double {
      switch self {
      case .quietSeconds, .alarmedSeconds: 60
      case .vusPR: 0
      default: 1
      }
    }
  }

  public let cluster: String
  public let run: String
  public let method: String
  /// False alarms per 1000 node-days.
  public let budget: Double
  public var values: [Quantity: Double]

  private static let keyColumns = ["cluster", "run", "method", "budget"]
  static let header = (keyColumns + Quantity.allCases.map(\.rawValue)).joined(separator: ",")

  /// A header and a line per row.
  static func text(of rows: [ClusterRow]) -> String {
    let lines = rows.map { row in
      ([row.cluster, row.run, row.method, CommaSeparated.number(row.budget)]
        + Quantity.allCases.map { row.values[$0].map(CommaSeparated.number) ?? "" }).joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads the rows that `text` holds, as written by ``text(of:)``.
  ///
  /// - Throws: ``ExperimentError`` naming the line.
  static func parse(_ text: String, source: String) throws(ExperimentError) -> [ClusterRow] {
    let lines = text.split(separator: "\n")
    guard lines.first.map(String.init) == header else {
      throw ExperimentError("\(source):1: the header is not '\(header)'; rerun the experiment")
    }
    var rows: [ClusterRow] = []
    for (offset, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let count = keyColumns.count + Quantity.allCases.count
      guard fields.count == count, let budget = Double(fields[3]) else {
        throw ExperimentError("\(source):\(offset + 2): expected \(count) fields, the fourth a budget")
      }
      var values: [Quantity: Double] = [:]
      for (quantity, field) in zip(Quantity.allCases, fields.dropFirst(keyColumns.count)) where !field.isEmpty {
        guard let value = Double(field) else {
          throw ExperimentError("\(source):\(offset + 2): '\(field)' in '\(quantity.rawValue)' is not a number")
        }
        values[quantity] = value
      }
      rows.append(ClusterRow(cluster: fields[0], run: fields[1], method: fields[2], budget: budget, values: values))
    }
    return rows
  }
}
