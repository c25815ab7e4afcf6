import StrataDiagnosis
import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// An experiment that judges detectors on runs of whole clusters, real or simulated.
public struct ClusterExperiment: Experiment {
  /// The name under which tables list the fitted detector.
  static let methodName = "strata"

  public let folder: ExperimentFolder
  public let specification: ClusterSpecification
  public var readsPublicData: Bool { false }

  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    specification = try ClusterSpecification(contentsOf: folder.specificationPath)
  }

  public func run(dataRoot: String, threads: Int, report: (String) -> Void) throws {
    var (rows, hashes, seconds) = ([ClusterRow](), [String: String](), [String: Double]())
    for source in specification.sources {
      let clock = ContinuousClock()
      let start = clock.now
      for (index, name) in try source.runNames(in: folder).enumerated() {
        let run = try source.run(at: index, in: folder, threads: threads)
        hashes["\(source.name), \(name)"] = Provenance.hash(of: [run])
        rows += try self.rows(of: source, run: run, named: name, threads: threads, report: report)
      }
      seconds[source.name] = ((clock.now - start) / .seconds(1)).rounded()
    }
    let manifest = Manifest(
      title: specification.title, configuration: specification.hash, seeds: [], data: hashes,
      commit: SourceRevision.current, kernels: KernelVariant.active.name, library: Provenance.currentVersion,
      seconds: seconds)
    try folder.write(ClusterRow.text(of: rows), as: "runs.csv")
    try folder.write(manifest.json(), as: "manifest.json")
    try writeTables()
  }

  public func tableText() throws -> String { ClusterTable(try committedRows()).markdown }

  public func writeTables() throws {
    let table = ClusterTable(try committedRows())
    try folder.write("# \(specification.title)\n\n" + table.markdown, as: "table.md")
    for (cluster, panel) in table.curves {
      try folder.write(panel.svg(width: 560, height: 320).rendered + "\n", as: "\(cluster).svg")
    }
  }

  public func verify(dataRoot: String, threads: Int, report: (String) -> Void) throws -> [String] {
    let committed = try committedRows()
    let smoke = specification.smoke
    var deviations: [String] = []
    for source in specification.sources where source.name == smoke.source {
      guard let index = try source.runNames(in: folder).firstIndex(of: smoke.run) else {
        return ["\(source.name): there is no run '\(smoke.run)'"]
      }
      let run = try source.run(at: index, in: folder, threads: threads)
      for row in try rows(of: source, run: run, named: smoke.run, threads: threads, report: report) {
        let name = "\(row.cluster), \(row.run), \(row.method), budget \(CommaSeparated.number(row.budget))"
        let old = committed.first {
          ($0.cluster, $0.run, $0.method, $0.budget) == (row.cluster, row.run, row.method, row.budget)
        }
        guard let old else {
          deviations.append("\(name): there is no committed row")
          continue
        }
        for (quantity, value) in row.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          let expected = old.values[quantity] ?? .nan
          if !((value - expected).magnitude <= max(smoke.tolerance * expected.magnitude, quantity.leastTolerance)) {
            deviations.append(
              deviation(
                of: quantity.rawValue, in: name, value, committed: expected, tolerance: smoke.tolerance))
          }
        }
      }
    }
    return deviations
  }

  /// The rows of `results/runs.csv`.
  public func committedRows() throws(ExperimentError) -> [ClusterRow] {
    try ClusterRow.parse(try folder.read("runs.csv"), source: "\(folder.path)/results/runs.csv")
  }

  /// Every method at every budget on one run.
  private func rows(
    of source: ClusterSpecification.Source, run: Run, named name: String, threads: Int, report: (String) -> Void
  ) throws -> [ClusterRow] {
    report("\(source.name), \(name)")
    let judge = ClusterJudge(source, run: run, name: name)
    var rows: [ClusterRow] = []
    for method in [nil] + source.methods {
      let detector = try FittedDetector(
        cleanTime: [run.cleanTime], policy: AlarmPolicy(budget: source.budgets[0], mergeGap: source.mergeGap),
        method: method, provenance: Provenance(settings: specification.hash, runs: [run]), threads: threads)
      for budget in source.budgets {
        let policy = AlarmPolicy(budget: budget, mergeGap: source.mergeGap)
        let detection = try detector.detect(in: [run], policy: policy, threads: threads)
        rows.append(
          try judge.row(
            method ?? Self.methodName, detection.scores.afterTraining(of: [run]),
            reports: detection.incidents[0].map {
              .init(samples: $0.samples, suspects: $0.evidence.entities.map(\.entity))
            }
          ))
      }
    }
    guard !source.baselines.isEmpty else { return rows }
    let telemetry = try BaselineTelemetry(
      [run], embargo: source.embargo, validationFraction: source.validationFraction, covariates: source.covariates,
      threads: threads)
    var scores: [Baseline: DetectorScores] = [:]
    for baseline in source.baselines { scores[baseline] = try telemetry.scores(baseline) }
    let methods =
      try source.baselines.map { ($0.rawValue, try scores[$0]!.standardised()) }
      + source.sums.map { sum in (sum.name, try DetectorScores.logSum(of: sum.parts.map { scores[$0]! })) }
    for (method, scores) in methods {
      for budget in source.budgets {
        let policy = AlarmPolicy(budget: budget, mergeGap: source.mergeGap)
        rows.append(try judge.row(method, ScoredTelemetry(calibrating: scores, of: [run], policy: policy)))
      }
    }
    return rows
  }
}

/// Judges methods on one run.
private struct ClusterJudge {
  let source: ClusterSpecification.Source
  let run: Run
  let name: String

  init(_ source: ClusterSpecification.Source, run: Run, name: String) {
    (self.source, self.run, self.name) = (source, run, name)
  }

  /// - Parameter reports: What the method reports; `nil` to join the alarms of all entities.
  func row(
    _ method: String, _ scored: ScoredTelemetry, reports: [IncidentJudgement.Report]? = nil
  ) throws -> ClusterRow {
    let rule = scored.policy.rule(interval: run.interval)
    func samples(_ seconds: Double) -> Int { Int((seconds / run.interval).rounded()) }
    let reports =
      reports
      ?? mergedIntervals(scored.series.flatMap(\.alarms), gap: rule.gap).map { interval in
        .init(samples: interval, suspects: Evidence(scored.series, during: interval, in: run).entities.map(\.entity))
      }
    let judged = IncidentJudgement(
      reports, scores: scored.series, of: run, late: (samples(source.late.found), samples(source.late.excused)))
    let scoredSamples = run.sampleCount - (run.split?.trainingEnd ?? 0)
    var values: [ClusterRow.Quantity: Double] = [
      .faults: Double(judged.faults), .found: Double(judged.found), .falseAlarms: Double(judged.falseAlarms),
      .nodeDays: Double(scoredSamples * run.nodeCount) * run.interval / 86_400,
      .quietSeconds: Double(judged.quiet) * run.interval, .alarmedSeconds: Double(judged.alarmed) * run.interval,
      .hosts: Double(judged.hosts), .rightHosts: Double(judged.rightHosts), .givenHosts: Double(judged.givenHosts),
      .rightGivenHosts: Double(judged.rightGivenHosts),
    ]
    if judged.faults > 0 {
      values[.vusPR] = try RunJudgement(scored, at: 0, of: run, window: run.conventionalWindow).ranking.volume.pr
    }
    return ClusterRow(
      cluster: source.name, run: name, method: method, budget: scored.policy.budget, values: values)
  }
}
