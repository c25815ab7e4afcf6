/// Why a scenario cannot be simulated, and which of its values is to blame.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problem: String
  /// The value, `faults[2].at`.
  public let field: String

  public init(_ problem: String, field: String) { (self.problem, self.field) = (problem, field) }

  public var description: String { "'\(field)' \(problem)" }
}
