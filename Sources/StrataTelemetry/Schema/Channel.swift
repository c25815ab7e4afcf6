/// One measured quantity of a layer: what it is called, how it counts, in which unit, and what it says.
public struct Channel: Hashable, Codable, Sendable {
  /// How successive samples relate.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// A level that may rise and fall.
    case gauge
    /// A running total that only rises, except when it restarts.
    case counter
    /// A change per second.
    case rate
    /// The number of happenings since the previous sample.
    case event
  }

  /// What a quantity says about its entity, whatever the vendor calls it.
  public enum Meaning: String, CaseIterable, Codable, Sendable {
    case work, wait, heat, power, error, traffic, memory, progress, other
  }

  public var name: String
  public var kind: Kind
  /// The unit in UCUM spelling (`W`, `Cel`, `By/s`, `%`), or `1` for a plain number.
  public var unit: String
  public var meaning: Meaning

  public init(name: String, kind: Kind = .gauge, unit: String = "1", meaning: Meaning = .other) {
    (self.name, self.kind, self.unit, self.meaning) = (name, kind, unit, meaning)
  }
}
