import StrataEvaluation
import StrataTensor

/// One quantity of one representation with one seed; a row of `representation.csv`.
public struct RepresentationRow: Hashable, Sendable {
  /// What is measured.
  public enum Quantity: String, CaseIterable, Sendable {
    /// The effective number of dimensions.
    case rankMe = "rank_me"
    /// The logarithm of the mean Gaussian potential between windows; lower is more evenly spread.
    case uniformity
    /// The mean squared distance between the layers of a window; only of the layers' own embeddings.
    case alignment
    /// The mean reciprocal rank of a window's other layer among those of 256 windows.
    case retrieval
    /// The share of a fault's windows whose kind the five nearest windows of other faults tell.
    case probe
    /// Areas under the precision-recall and the receiver-operating curve of the distance to the nearest clean window.
    case nearestPR = "nearest_auc_pr"
    case nearestROC = "nearest_auc_roc"
    /// The same of the Mahalanobis distance.
    case mahalanobisPR = "mahalanobis_auc_pr"
    case mahalanobisROC = "mahalanobis_auc_roc"
  }

  public let seed: UInt64
  public let representation: String
  public let quantity: Quantity
  public let value: Double

  static let header = "seed,representation,quantity,value"

  static func text(of rows: [RepresentationRow]) -> String {
    let lines = rows.map { row in
      "\(row.seed),\(row.representation),\(row.quantity.rawValue),\(CommaSeparated.number(row.value))"
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads the rows that `text` holds, as written by ``text(of:)``.
  ///
  /// - Throws: ``ExperimentError`` naming the line.
  static func parse(_ text: String, source: String) throws(ExperimentError) -> [RepresentationRow] {
    let lines = text.split(separator: "\n")
    guard lines.first.map(String.init) == header else {
      throw ExperimentError("\(source):1: the header is not '\(header)'; rerun the experiment")
    }
    var rows: [RepresentationRow] = []
    for (offset, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, let seed = UInt64(fields[0]), let quantity = Quantity(rawValue: fields[2]),
        let value = Double(fields[3])
      else { throw ExperimentError("\(source):\(offset + 2): expected a seed, a name, a quantity and a number") }
      rows.append(RepresentationRow(seed: seed, representation: fields[1], quantity: quantity, value: value))
    }
    return rows
  }
}

/// What every representation reaches.
struct RepresentationTable {
  let rows: [RepresentationRow]

  /// Means over seeds with intervals, and what training adds, in pairs of equal seeds.
  func markdown() throws(EvaluationError) -> String {
    let names = rows.map(\.representation).unique
    let quantities = RepresentationRow.Quantity.allCases.filter { quantity in
      rows.contains { $0.quantity == quantity }
    }
    var generator = Generator(seed: 1)
    func values(_ name: String, _ quantity: RepresentationRow.Quantity) -> [Double] {
      rows.filter { $0.representation == name && $0.quantity == quantity }.sorted { $0.seed < $1.seed }.map(\.value)
    }
    func cell(_ interval: BootstrapInterval) -> String {
      func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 3) }
      return "\(number(interval.estimate)) [\(number(interval.lower)), \(number(interval.upper))]"
    }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = line(["representation"] + quantities.map(\.rawValue))
    text += "|---|" + String(repeating: "---|", count: quantities.count) + "\n"
    for name in names {
      text += line(
        [name]
          + quantities.map { quantity in
            let own = values(name, quantity)
            return own.isEmpty ? "–" : cell(bootstrapMean(own, resamples: 2000, using: &generator))
          })
    }
    text += "\nPaired differences:\n\n" + line(["difference"] + quantities.map(\.rawValue))
    text += "|---|" + String(repeating: "---|", count: quantities.count) + "\n"
    for (first, second) in RepresentationExperiment.comparisons {
      var cells = ["\(first) − \(second)"]
      for quantity in quantities {
        let (a, b) = (values(first, quantity), values(second, quantity))
        guard !a.isEmpty, a.count == b.count else {
          cells.append("–")
          continue
        }
        cells.append(cell(try bootstrapDifference(a, minus: b, resamples: 2000, using: &generator)))
      }
      text += line(cells)
    }
    return text
  }
}
