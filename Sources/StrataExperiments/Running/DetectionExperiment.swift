import StrataDiagnosis
public import StrataTelemetry
import StrataTensor

/// An experiment that judges detectors on public data sets.
public struct DetectionExperiment: Experiment {
  public let folder: ExperimentFolder
  public let specification: ExperimentSpecification

  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    specification = try ExperimentSpecification(contentsOf: folder.specificationPath)
  }

  /// Runs everything and replaces the committed results.
  public func run(dataRoot: String, threads: Int, report: (String) -> Void) throws {
    let runner = ExperimentRunner(specification, dataRoot: dataRoot, threads: threads)
    var rows: [ResultRow] = []
    var hashes: [String: String] = [:]
    var seconds: [String: Double] = [:]
    for source in specification.data {
      let clock = ContinuousClock()
      let start = clock.now
      let runs = try source.load(from: dataRoot, threads: threads)
      hashes[source.name] = Provenance.hash(of: runs)
      rows += try runner.rows(of: source, runs: runs, seeds: specification.seeds, report: report)
      seconds[source.name] = ((clock.now - start) / .seconds(1)).rounded()
    }
    let manifest = Manifest(
      title: specification.title, configuration: specification.hash, seeds: specification.seeds, data: hashes,
      commit: SourceRevision.current, kernels: KernelVariant.active.name,
      library: Provenance.currentVersion, seconds: seconds)
    try folder.write(ResultRow.text(of: rows), as: "runs.csv")
    try folder.write(manifest.json(), as: "manifest.json")
    try writeTables()
  }

  /// The table of the committed rows.
  public func table() throws -> ResultTable {
    try ResultTable(committedRows(), first: ExperimentRunner.methodName, resamples: specification.resamples)
  }

  public func tableText() throws -> String { try table().markdown }

  /// Writes the table and the figure from the committed rows.
  public func writeTables() throws {
    let table = try table()
    try folder.write("# \(specification.title)\n\n" + table.markdown, as: "table.md")
    try folder.write(ResultFigure(table: table, first: ExperimentRunner.methodName).svg + "\n", as: "vus-pr.svg")
  }

  /// Runs the smoke section again and compares it with the committed rows.
  ///
  /// - Returns: One line per deviation beyond the tolerance; none when everything agrees.
  public func verify(dataRoot: String, threads: Int, report: (String) -> Void) throws -> [String] {
    let committed = try committedRows()
    let smoke = specification.smoke
    guard let source = specification.data.first(where: { $0.name == smoke.data }) else { return [] }
    let runner = ExperimentRunner(specification, dataRoot: dataRoot, threads: threads)
    let rows = try runner.rows(
      of: source, runs: try source.load(from: dataRoot, threads: threads), seeds: [specification.seeds[0]],
      methods: Set(smoke.methods),
      report: report)
    var deviations: [String] = []
    for row in rows {
      let name = "\(row.data), \(row.method), seed \(row.seed), \(row.entity)"
      guard let old = committed.first(where: { $0.isSameCase(as: row) }) else {
        deviations.append("\(name): there is no committed row")
        continue
      }
      for metric in [Metric.vusPR, .averagePrecision, .areaUnderROC] {
        guard let value = row.values[metric], let expected = old.values[metric] else { continue }
        if !(abs(value - expected) <= smoke.tolerance) {
          deviations.append(
            deviation(of: metric.rawValue, in: name, value, committed: expected, tolerance: smoke.tolerance))
        }
      }
    }
    return deviations
  }

  /// The rows of `results/runs.csv`.
  public func committedRows() throws(ExperimentError) -> [ResultRow] {
    try ResultRow.parse(try folder.read("runs.csv"), source: "\(folder.path)/results/runs.csv")
  }
}

extension ResultRow {
  func isSameCase(as other: ResultRow) -> Bool {
    (data, method, seed, entity) == (other.data, other.method, other.seed, other.entity)
  }
}
