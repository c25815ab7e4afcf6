/// Why a file of telemetry could not be read, and where.
public struct TelemetryFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public let problem: String
  /// The file, folder or name given to bytes in memory.
  public let source: String
  /// The line, counted from one; `nil` when the problem has no line.
  public let line: Int?

  public init(_ problem: String, source: String, line: Int? = nil) {
    (self.problem, self.source, self.line) = (problem, source, line)
  }

  public var description: String {
    line.map { "\(source):\($0): \(problem)" } ?? "\(source): \(problem)"
  }
}
