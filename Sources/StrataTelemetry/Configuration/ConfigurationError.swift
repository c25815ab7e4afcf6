/// Where a configuration value was written: a line of a file, or an override on the command line.
public struct ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
  /// The file, or the override as it was typed (`--set encoder.width=32`).
  public let source: String
  /// The line, counted from one; `nil` where lines have no meaning.
  public let line: Int?

  /// A place in a source.
  public init(source: String, line: Int?) { (self.source, self.line) = (source, line) }

  public var description: String { line.map { "\(source):\($0)" } ?? source }
}

/// Why a configuration could not be read, and where: `model.yaml:7: 'width' must be at least 1, found 0`.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, without the place.
  public let problem: String
  /// Where it is wrong.
  public let place: ConfigurationPlace

  /// A problem at a place.
  public init(_ problem: String, at place: ConfigurationPlace) { (self.problem, self.place) = (problem, place) }

  public var description: String { "\(place): \(problem)" }
}
