public import StrataTelemetry
import StrataYAML

/// What can be done with an experiment: run it, write its tables anew, check its committed rows.
public protocol Experiment: Sendable {
  /// Where its specification and its results are.
  var folder: ExperimentFolder { get }

  /// Whether it reads public data sets; `dataRoot` says nothing to one that does not.
  var readsPublicData: Bool { get }

  /// Runs everything and replaces the committed results.
  ///
  /// - Parameters:
  ///   - dataRoot: The folder that holds all public data sets.
  ///   - threads: How many threads work; the result does not depend on it.
  ///   - report: Told what begins.
  func run(dataRoot: String, threads: Int, report: (String) -> Void) throws

  /// The table of the committed rows, in Markdown.
  func tableText() throws -> String

  /// Writes tables and figures from the committed rows.
  func writeTables() throws

  /// Runs the smoke section again and compares it with the committed rows.
  ///
  /// - Returns: One line per deviation beyond the tolerance; none when everything agrees.
  func verify(dataRoot: String, threads: Int, report: (String) -> Void) throws -> [String]
}

extension Experiment {
  public var readsPublicData: Bool { true }
}

extension ExperimentFolder {
  /// What the specification describes: a comparison of the simulator with public data when it has `realism`, detectors
  /// on whole clusters when it has `clusters`, models before and after training when it has `representation`, detectors
  /// on public data otherwise.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public func experiment() throws(ConfigurationError) -> any Experiment {
    let specification = try ConfigurationNode(contentsOf: specificationPath)
    if specification.has("realism") { return try RealismExperiment(self) }
    if specification.has("clusters") { return try ClusterExperiment(self) }
    if specification.has("representation") { return try RepresentationExperiment(self) }
    return try DetectionExperiment(self)
  }
}

/// How a verification says that a figure is not as it was committed.
func deviation(of quantity: String, in row: String, _ value: Double, committed: Double, tolerance: Double) -> String {
  "\(row): \(quantity) is \(NumberText.fixed(value, decimals: 4)), committed "
    + "\(NumberText.fixed(committed, decimals: 4)), tolerance \(tolerance)"
}
