import StrataTensor

/// A metric of an exporter: its name, how it counts, its unit and what it says.
///
/// Names are those that the exporter gives its samples: `node_network_receive_bytes_total`, `DCGM_FI_DEV_GPU_TEMP`.
/// OpenMetrics has rules for them that real exporters break, and ``OpenMetricsWriter`` keeps the names:
///
/// - A counter's samples end in `_total` and its family is called without it. DCGM has counters such as
///   `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION`; strict readers refuse them as counters, and renamed they would not be found
///   by the queries of anyone's dashboards. They are exposed as `unknown`, the type of OpenMetrics for a metric whose
///   type is not stated. Prometheus treats them alike: its storage keeps no types.
/// - A `UNIT` must be the end of the family's name, and promtool stops at any other. Such a unit goes into the help, as
///   DCGM's exporter has it: `Power draw (in W)`.
public struct MetricFamily: Hashable, Sendable {
  /// How the samples of a series relate.
  public enum Kind: String, Sendable {
    /// A level that may rise and fall.
    case gauge
    /// A running total that only rises, except when it restarts.
    case counter
  }

  public let name: String
  public let kind: Kind
  /// The unit; empty for a plain number.
  public let unit: String
  public let help: String

  /// - Precondition: The name has letters, digits, `_` and `:` only and does not begin with a digit.
  public init(_ name: String, _ kind: Kind, unit: String = "", help: String = "") {
    require(Self.isName(name, allowing: ":"), "MetricFamily: '\(name)' is not the name of a metric")
    (self.name, self.kind, self.unit, self.help) = (name, kind, unit, help)
  }

  private static let total = "_total"

  /// The name that the comments of the exposition use.
  var familyName: String {
    exposedType == "counter" ? String(name.dropLast(Self.total.count)) : name
  }

  /// What the exposition calls the type.
  var exposedType: String { kind == .counter && !name.hasSuffix(Self.total) ? "unknown" : kind.rawValue }

  /// The comments that come before the samples.
  func writeComments(to text: inout TextBuffer) {
    text.append("# TYPE \(familyName) \(exposedType)\n")
    let isEnding = !unit.isEmpty && familyName.hasSuffix("_" + unit)
    if isEnding { text.append("# UNIT \(familyName) \(unit)\n") }
    let full = unit.isEmpty || isEnding ? help : help.isEmpty ? "In \(unit)" : "\(help) (in \(unit))"
    guard !full.isEmpty else { return }
    text.append("# HELP \(familyName) ")
    text.append(LabelSet.escaped(full))
    text.append("\n")
  }

  /// Whether `name` has letters, digits, `_` and the allowed byte only, and does not begin with a digit.
  static func isName(_ name: String, allowing extra: Unicode.Scalar? = nil) -> Bool {
    guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return name.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == extra
    }
  }
}
