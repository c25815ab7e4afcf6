/// Why telemetry could not be diagnosed.
public struct DiagnosisError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, and where.
  public let description: String

  /// An error with this description.
  public init(_ description: String) { self.description = description }
}
