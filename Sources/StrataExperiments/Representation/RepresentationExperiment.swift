import StrataDiagnosis
import StrataPipeline
import StrataEvaluation
import StrataInference
import StrataSimulation
public import StrataTelemetry
import StrataTensor

/// Compares what a trained model makes of windows with what an untrained one makes of them, and with their samples.
public struct RepresentationExperiment: Experiment {
  public let folder: ExperimentFolder
  public let specification: RepresentationSpecification
  public var readsPublicData: Bool { false }

  private static let samples = "samples"
  private static func features(_ training: String) -> String { "\(training) features" }
  private static func embedding(_ training: String) -> String { "\(training) embedding" }
  private static let trained = "trained", untrained = "untrained"

  /// What tables subtract from what.
  static var comparisons: [(String, String)] {
    [
      (features(trained), features(untrained)), (embedding(trained), embedding(untrained)),
      (features(trained), samples), (embedding(trained), samples),
    ]
  }

  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    specification = try RepresentationSpecification(contentsOf: folder.specificationPath)
  }

  public func run(dataRoot: String, threads: Int, report: (String) -> Void) throws {
    let clock = ContinuousClock()
    let start = clock.now
    var rows: [RepresentationRow] = []
    var hashes: [String: String] = [:]
    for seed in specification.seeds {
      let run = try simulated(seed, threads: threads)
      hashes["seed \(seed)"] = Provenance.hash(of: [run])
      rows += try self.rows(of: run, seed: seed, trains: true, threads: threads, report: report)
    }
    let manifest = Manifest(
      title: specification.title, configuration: specification.hash, seeds: specification.seeds, data: hashes,
      commit: SourceRevision.current, kernels: KernelVariant.active.name, library: Provenance.currentVersion,
      seconds: [specification.preset: ((clock.now - start) / .seconds(1)).rounded()])
    try folder.write(RepresentationRow.text(of: rows), as: "representation.csv")
    try folder.write(manifest.json(), as: "manifest.json")
    try writeTables()
  }

  public func tableText() throws -> String { try RepresentationTable(rows: committedRows()).markdown() }

  public func writeTables() throws {
    try folder.write("# \(specification.title)\n\n" + tableText(), as: "table.md")
  }

  /// Runs the smoke seed again, without training, which takes minutes.
  public func verify(dataRoot: String, threads: Int, report: (String) -> Void) throws -> [String] {
    let committed = try committedRows()
    let seed = specification.smoke.seed
    var deviations: [String] = []
    let run = try simulated(seed, threads: threads)
    for row in try rows(of: run, seed: seed, trains: false, threads: threads, report: report) {
      let name = "seed \(seed), \(row.representation)"
      let old = committed.first {
        ($0.seed, $0.representation, $0.quantity) == (row.seed, row.representation, row.quantity)
      }
      guard let old else {
        deviations.append("\(name): there is no committed \(row.quantity.rawValue)")
        continue
      }
      if !((row.value - old.value).magnitude <= specification.smoke.tolerance) {
        deviations.append(
          deviation(
            of: row.quantity.rawValue, in: name, row.value, committed: old.value,
            tolerance: specification.smoke.tolerance))
      }
    }
    return deviations
  }

  /// The rows of `results/representation.csv`.
  public func committedRows() throws(ExperimentError) -> [RepresentationRow] {
    try RepresentationRow.parse(
      try folder.read("representation.csv"), source: "\(folder.path)/results/representation.csv")
  }

  private func simulated(_ seed: UInt64, threads: Int) throws -> Run {
    try Simulator(Scenario.presets[specification.preset]!, seed: seed, threads: threads).run()
  }

  private func rows(
    of run: Run, seed: UInt64, trains: Bool, threads: Int, report: (String) -> Void
  ) throws -> [RepresentationRow] {
    let prepared = try PreparedTelemetry([run], configuration: specification.pipeline(seed: seed), threads: threads)
    let clean = try prepared.trainingWindows()
    let test = try prepared.testWindows()
    var rows: [RepresentationRow] = []
    func add(_ name: String, _ values: [(RepresentationRow.Quantity, Double)]) {
      rows += values.map { RepresentationRow(seed: seed, representation: name, quantity: $0, value: $1) }
    }
    for training in trains ? [Self.untrained, Self.trained] : [Self.untrained] {
      report("seed \(seed), \(training)")
      let model = try FrozenModel(
        training == Self.trained ? prepared.trainedModel(seed: seed) : prepared.initialModel(seed: seed))
      let known = WindowRepresentations(clean, seenBy: model, threads: threads)
      let seen = WindowRepresentations(test, seenBy: model, threads: threads)
      let judge = RepresentationJudge(run: run, clean: known.origins, test: seen.origins)
      if training == Self.untrained { add(Self.samples, try judge.values(known.samples, seen.samples)) }
      add(Self.features(training), try judge.values(known.features, seen.features))
      add(Self.embedding(training), try judge.values(known.embedding, seen.embedding))
      add(Self.embedding(training), try judge.values(betweenLayers: seen.layers))
    }
    return rows
  }
}
