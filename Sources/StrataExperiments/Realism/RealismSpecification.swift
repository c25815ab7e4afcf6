import StrataDiagnosis
import StrataSimulation
public import StrataTelemetry
import StrataYAML

/// An experiment that sets figures of the simulator beside the same figures of public data.
public struct RealismSpecification: Sendable {
  public let title: String
  public let seeds: [UInt64]
  public let sections: [RealismSection]
  /// The sections that are run again to check the committed rows, and how far a figure may lie from its committed value,
  /// relative to it.
  public let smoke: (sections: [String], tolerance: Double)
  /// The hash of the specification and its scenarios: equal for equal settings, whatever the layout of the files.
  public let hash: String

  /// Reads `experiment.yaml` and the scenarios beside it, strictly.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: folder.specificationPath)
    title = try root.string("title")
    seeds = try root.ints("seeds", in: 0...).map { UInt64($0) }
    guard !seeds.isEmpty, Set(seeds).count == seeds.count else {
      throw root.error("'seeds' needs at least one seed, each once", at: "seeds")
    }
    var sections: [RealismSection] = []
    for node in try root.nodes("realism") { sections.append(try RealismSection(node)) }
    self.sections = sections
    let names = sections.map(\.name)
    guard Set(names).count == names.count else { throw root.error("two sections have the same name", at: "realism") }
    let smokeNode = try root.node("smoke")
    smoke = (try smokeNode.strings("sections"), try smokeNode.double("tolerance", in: 0...1))
    if let missing = smoke.sections.first(where: { !names.contains($0) }) {
      throw smokeNode.error("there is no section '\(missing)'", at: "sections")
    }
    var text = root.canonicalText
    for file in sections.compactMap(\.scenario).unique {
      let path = "\(folder.path)/\(file)"
      // Reading it as a scenario finds mistakes before anything runs.
      _ = try Scenario(contentsOf: path)
      text += "\n" + (try ConfigurationNode(contentsOf: path).canonicalText)
    }
    hash = Provenance.hash(text)
    try root.finish()
  }
}
