import StrataTensor

/// How often what failed on a cluster, as its operators reported it.
public struct FailureTable: Codable, Hashable, Sendable {
  /// One line of a table of failures.
  public struct Cause: Codable, Hashable, Sendable {
    /// The words of the source.
    public let name: String
    /// What the source counts it under, or the name again.
    public let component: String
    /// How many failures, or their share: only ratios within a table mean something.
    public let weight: Double
    /// The cards of the catalogue that describe it, by id; empty where nobody knows what it was.
    public let cards: [String]

    /// One line of a table.
    public init(_ name: String, _ weight: Double, in component: String? = nil, cards: [String] = []) {
      (self.name, self.component) = (name, component ?? name)
      (self.weight, self.cards) = (weight, cards)
    }
  }

  /// A short name.
  public let name: String
  /// Whose figures these are.
  public let source: String
  /// Failures per 1000 host-days, where the source allows to compute it.
  public let rate: Double?
  /// Its lines.
  public let causes: [Cause]

  /// A table.
  ///
  /// - Precondition: There is a cause and all weights are positive.
  public init(name: String, source: String, rate: Double? = nil, causes: [Cause]) {
    require(
      !causes.isEmpty && causes.allSatisfy { $0.weight > 0 }, "\(name): a table needs causes of positive weight")
    (self.name, self.source) = (name, source)
    (self.rate, self.causes) = (rate, causes)
  }

  /// Several tables as one: each contributes its share, whatever its total.
  public static func mixed(_ name: String, _ parts: [(table: FailureTable, share: Double)]) -> FailureTable {
    FailureTable(
      name: name, source: parts.map(\.table.source).joined(separator: "; "),
      causes: parts.flatMap { part in
        let total = part.table.causes.reduce(0) { $0 + $1.weight }
        return part.table.causes.map {
          Cause($0.name, $0.weight / total * part.share, in: $0.component, cards: $0.cards)
        }
      })
  }
}
