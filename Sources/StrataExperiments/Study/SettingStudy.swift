import StrataDiagnosis
import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// The choice of settings without the test halves of the experiment's data sets.
///
/// Two kinds of time stand in for them. *Corrupted training halves*: of every run only the time before
/// `split.trainingEnd` is read; its first part trains and calibrates, its last quarter is changed as time changes, and
/// faults are painted onto it (`SyntheticCorruption`). *Other labelled data sets*: real faults, of data that the
/// experiment does not report. Candidates are overrides of the experiment's own pipeline.
public struct SettingStudy: Sendable {
  /// One setting to try, as `outer.inner=value` overrides of `pipeline`.
  public struct Candidate: Sendable {
    public let name: String
    public let overrides: [String]
  }

  /// What a method reached on one data set.
  public struct Outcome: Sendable {
    public let method: String
    public let data: String
    public let seed: UInt64
    /// The mean VUS-PR over entities.
    public let vusPR: Double
    /// The mean share of corrupted channels among the top-ranked ones; `nil` where labels name no channels.
    public let hitRate: Double?
  }

  public let seeds: [UInt64]
  public let candidates: [Candidate]
  /// The share of the training half before its corrupted part that trains and calibrates.
  public let trainingShare: Double
  /// How the training halves of every data set of the experiment are corrupted, by its name.
  private let corruptions: [String: SyntheticCorruption]
  /// Data sets that are scored as they are.
  public let labelled: [DataSource]
  private let folder: ExperimentFolder

  /// The part of every training half, at its end, that is corrupted.
  public static let corruptedShare = 0.25

  /// Reads `study.yaml` beside the experiment.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    let root = try ConfigurationNode(contentsOf: folder.studyPath)
    seeds = try root.ints("seeds", in: 0...).map { UInt64($0) }
    trainingShare = try root.double("trainingShare", in: 0.1...0.75)
    var corruptions: [String: SyntheticCorruption] = [:]
    for node in try root.nodes("corruptions") { corruptions[try node.string("data")] = try SyntheticCorruption(node) }
    self.corruptions = corruptions
    var labelled: [DataSource] = []
    for node in try root.optionalNodes("labelled") { labelled.append(try DataSource(node)) }
    self.labelled = labelled
    var candidates: [Candidate] = []
    for node in try root.nodes("candidates") {
      candidates.append(Candidate(name: try node.string("name"), overrides: try node.strings("set")))
    }
    self.candidates = candidates
    let data = try ExperimentSpecification(contentsOf: folder.specificationPath).data
    for source in data where corruptions[source.name] == nil {
      throw root.error("'corruptions' says nothing about '\(source.name)'", at: "corruptions")
    }
    try root.finish()
  }

  /// Tries the experiment's baselines and every candidate on every data set.
  ///
  /// - Parameters:
  ///   - dataRoot: The folder that holds all data sets.
  ///   - threads: How many threads work; the result does not depend on it.
  ///   - only: Names of the candidates to try, without the baselines; `nil` for all.
  ///   - report: Told what was done.
  public func run(
    dataRoot: String, threads: Int, only: Set<String>? = nil, report: (String) -> Void
  ) throws -> [Outcome] {
    let base = try ExperimentSpecification(contentsOf: folder.specificationPath)
    let tried = candidates.filter { only?.contains($0.name) ?? true }
    var outcomes: [Outcome] = []
    for source in base.data + labelled {
      let loaded = try source.load(from: dataRoot, threads: threads)
      for seed in seeds {
        var generator = Generator(seed: seed)
        let runs = try loaded.map { run in
          guard let corruption = corruptions[source.name] else { return run }
          return try corruptedTrainingHalf(of: run, corruption, using: &generator)
        }
        func add(_ rows: [ResultRow], as name: String? = nil) {
          for (method, rows) in Dictionary(grouping: rows, by: \.method).sorted(by: { $0.key < $1.key }) {
            let outcome = Self.outcome(name ?? method, source, seed, rows)
            report(outcome.line)
            outcomes.append(outcome)
          }
        }
        if only == nil {
          let runner = ExperimentRunner(base, dataRoot: dataRoot, threads: threads)
          let methods = Set(base.baselines.map(\.rawValue) + base.sums.map(\.name))
          add(try runner.rows(of: source, runs: runs, seeds: [seed], methods: methods))
        }
        for candidate in tried {
          let specification = try ExperimentSpecification(
            contentsOf: folder.specificationPath, overriding: candidate.overrides.map { "pipeline." + $0 })
          let runner = ExperimentRunner(specification, dataRoot: dataRoot, threads: threads)
          add(
            try runner.rows(of: source, runs: runs, seeds: [seed], methods: [ExperimentRunner.methodName]),
            as: candidate.name)
        }
      }
    }
    return outcomes
  }

  /// Writes `results/study.csv`.
  public func write(_ outcomes: [Outcome]) throws { try folder.write(Self.text(of: outcomes), as: "study.csv") }

  /// Comma-separated outcomes.
  public static func text(of outcomes: [Outcome]) -> String {
    let lines = outcomes.map { outcome in
      let numbers = [outcome.vusPR, outcome.hitRate].map { $0.map(CommaSeparated.number) ?? "" }
      return ([outcome.method, outcome.data, "\(outcome.seed)"] + numbers).joined(separator: ",")
    }
    return (["method,data,seed,vus_pr,hit_rate_100"] + lines).joined(separator: "\n") + "\n"
  }

  private static func outcome(
    _ method: String, _ source: DataSource, _ seed: UInt64, _ rows: [ResultRow]
  ) -> Outcome {
    func mean(_ metric: Metric) -> Double? {
      let values = rows.compactMap { $0.values[metric] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    return Outcome(
      method: method, data: source.name, seed: seed, vusPR: mean(.vusPR) ?? 0, hitRate: mean(.hitRate))
  }

  /// The time before the test half: the first `trainingShare` to train, the last quarter corrupted, nothing between.
  private func corruptedTrainingHalf(
    of run: Run, _ corruption: SyntheticCorruption, using generator: inout Generator
  ) throws -> Run {
    let end = run.split?.trainingEnd ?? run.sampleCount / 2
    let corrupted = end - Int(Double(end) * Self.corruptedShare)..<end
    let trainingEnd = Int(Double(end) * trainingShare)
    let half = try corruption.corrupting(
      run.selecting(samples: 0..<end), samples: corrupted, normal: 0..<trainingEnd, using: &generator)
    return half.testing(corrupted, trainingEnd: trainingEnd)
  }
}

extension SettingStudy.Outcome {
  fileprivate var line: String {
    let hits = hitRate.map { ", hit rate \(NumberText.fixed($0, decimals: 3))" } ?? ""
    return "\(method), \(data), seed \(seed): VUS-PR \(NumberText.fixed(vusPR, decimals: 3))\(hits)"
  }
}

extension SyntheticCorruption {
  /// Reads one element of `corruptions`.
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    load = try node.double("load", in: 0...10)
    drift = try node.double("drift", in: 0...10)
    spikes = try node.double("spikes", in: 0...1)
    let bounds = try node.doubles("sizes", in: 0.01...1000)
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw node.error("'sizes' needs the smallest and the largest, found \(bounds)", at: "sizes")
    }
    sizes = bounds[0]...bounds[1]
    breadth = try node.double("breadth", in: 0...1)
  }
}

extension Run {
  /// The run without the time between `trainingEnd` and the tested samples.
  fileprivate func testing(_ samples: Range<Int>, trainingEnd: Int) -> Run {
    let shift = samples.lowerBound - trainingEnd
    let layers = layers.map { series in
      LayerSeries(
        layer: series.layer, entities: series.entities, channels: series.channels,
        values: concatenate([series.values.rows(0..<trainingEnd), series.values.rows(samples)], axis: 0))
    }
    let moved = labels.compactMap { label -> FaultLabel? in
      guard let overlap = label.clamped(to: samples) else { return nil }
      var moved = overlap
      moved.interval = overlap.interval.lowerBound + trainingEnd..<overlap.interval.upperBound + trainingEnd
      return moved
    }
    return Run(
      name: name, start: start, interval: interval, sampleCount: sampleCount - shift, layers: layers, labels: moved,
      split: RunSplit(trainingEnd: trainingEnd), topology: topology, provenance: provenance)
  }
}
