/// How the strength of a fault grows after its onset.
public enum OnsetShape: String, CaseIterable, Codable, Sendable {
  /// At once.
  case step
  /// In proportion to time, until the ramp is over.
  case linear
  /// As `1 - exp(-t / ramp)`.
  case exponential
}
