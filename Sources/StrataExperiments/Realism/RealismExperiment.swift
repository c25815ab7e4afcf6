import Foundation
import StrataDiagnosis
import StrataSimulation
public import StrataTelemetry
import StrataTensor

/// An experiment on the realism of the simulator.
public struct RealismExperiment: Experiment {
  public let folder: ExperimentFolder
  public let specification: RealismSpecification

  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    specification = try RealismSpecification(folder)
  }

  /// Simulates and compares every section, with every seed.
  public func run(dataRoot: String, threads: Int, report: (String) -> Void) throws {
    var (rows, curves) = ([RealismRow](), [RealismCurve]())
    var (hashes, seconds) = ([String: String](), [String: Double]())
    for section in specification.sections {
      let clock = ContinuousClock()
      let start = clock.now
      let outcome = try outcome(of: section, dataRoot: dataRoot, threads: threads, report: report)
      rows += outcome.rows
      curves += outcome.curves
      for file in section.comparison.files where hashes[file] == nil {
        hashes[file] = try Self.hash(file, in: dataRoot)
      }
      seconds[section.name] = ((clock.now - start) / .seconds(1)).rounded()
    }
    let manifest = Manifest(
      title: specification.title, configuration: specification.hash, seeds: specification.seeds, data: hashes,
      commit: SourceRevision.current, kernels: KernelVariant.active.name,
      library: Provenance.currentVersion, seconds: seconds)
    try folder.write(RealismRow.text(of: rows), as: "realism.csv")
    try folder.write(RealismCurve.text(of: curves), as: "curves.csv")
    try folder.write(manifest.json(), as: "manifest.json")
    try writeTables()
  }

  public func tableText() throws -> String {
    let rows = try committedRows()
    let judged = rows.compactMap(\.isWithinLimit)
    return rows.markdown + "\(judged.count { $0 }) of \(judged.count) judged figures are within their limits.\n"
  }

  /// Writes the table and the figures from the committed rows and curves.
  public func writeTables() throws {
    try folder.write("# \(specification.title)\n\n" + tableText(), as: "table.md")
    let curves = try RealismCurve.parse(try folder.read("curves.csv"), source: "\(folder.path)/results/curves.csv")
    for figure in curves.map(\.figure).unique {
      let panels = RealismFigure(title: figure, curves: curves.filter { $0.figure == figure })
      try folder.write(panels.svg + "\n", as: "\(figure).svg")
    }
  }

  public func verify(dataRoot: String, threads: Int, report: (String) -> Void) throws -> [String] {
    let committed = try committedRows()
    let (names, tolerance) = specification.smoke
    var deviations: [String] = []
    for section in specification.sections where names.contains(section.name) {
      for row in try outcome(of: section, dataRoot: dataRoot, threads: threads, report: report).rows {
        let name = "\(row.section), \(row.quantity)"
        guard let old = committed.first(where: { $0.section == row.section && $0.quantity == row.quantity }) else {
          deviations.append("\(name): there is no committed row")
          continue
        }
        if !((row.simulated - old.simulated).magnitude <= tolerance * max(old.simulated.magnitude, 1e-6)) {
          deviations.append(
            "\(name): \(NumberText.fixed(row.simulated, decimals: 4)) is simulated, committed "
              + "\(NumberText.fixed(old.simulated, decimals: 4)), tolerance \(tolerance)")
        }
      }
    }
    return deviations
  }

  /// The rows of `results/realism.csv`.
  public func committedRows() throws(ExperimentError) -> [RealismRow] {
    try RealismRow.parse(try folder.read("realism.csv"), source: "\(folder.path)/results/realism.csv")
  }

  private func outcome(
    of section: RealismSection, dataRoot: String, threads: Int, report: (String) -> Void
  ) throws -> RealismOutcome {
    report(section.name)
    let scenario = try section.scenario.map { try Scenario(contentsOf: "\(folder.path)/\($0)") }
    return try section.comparison.outcome(
      RealismTask(
        section: section.name, dataRoot: dataRoot, scenario: scenario, seeds: specification.seeds, threads: threads))
  }

  private static func hash(_ file: String, in root: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: "\(root)/\(file)") else {
      throw ExperimentError("\(root)/\(file): cannot be read")
    }
    var hash = SHA256()
    hash.update(data)
    return hash.finalize()
  }
}
