/// Why a scenario cannot be simulated, and which of its values is to blame.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as the end of a sentence that begins with the value.
  public let problem: String
  /// The value, `faults[2].at`.
  public let field: String

  /// Says that `field` has a problem.
  public init(_ problem: String, field: String) { (self.problem, self.field) = (problem, field) }

  /// The field and its problem: `'cluster.hosts' must be from 1 to 64, found 0`.
  public var description: String { "'\(field)' \(problem)" }
}
