public import StrataDiagnosis
import StrataEvaluation
public import StrataTelemetry
import StrataTensor

/// The choice of settings, on training halves only: clean time with synthetic corruptions stands in for test time.
///
/// Of every run only the time before `split.trainingEnd` is read. Its first part trains and calibrates, its last quarter
/// is corrupted and scored. Candidates are overrides of the experiment's own pipeline. No sample and no label of a test
/// half takes part.
public struct SettingStudy: Sendable {
  /// One setting to try, as `outer.inner=value` overrides of `pipeline`.
  public struct Candidate: Sendable {
    public let name: String
    public let overrides: [String]
  }

  /// What a candidate reached on one data set.
  public struct Outcome: Sendable {
    public let candidate: String
    public let data: String
    public let seed: UInt64
    /// The mean VUS-PR over entities.
    public let vusPR: Double
    /// The mean share of corrupted channels among the top-ranked ones.
    public let hitRate: Double
  }

  public let seeds: [UInt64]
  /// Methods without settings, which say how hard the corruptions are.
  public let references: [Baseline]
  public let candidates: [Candidate]
  /// The share of the training half before its corrupted part that trains and calibrates.
  public let trainingShare: Double
  private let folder: ExperimentFolder

  /// The part of every training half, at its end, that is corrupted.
  public static let corruptedShare = 0.25

  /// Reads `study.yaml` beside the experiment.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(_ folder: ExperimentFolder) throws(ConfigurationError) {
    self.folder = folder
    let root = try ConfigurationNode(contentsOf: folder.studyPath)
    var seeds: [UInt64] = []
    for seed in try root.nodes("seeds") { seeds.append(UInt64(try seed.intValue(in: 0...))) }
    self.seeds = seeds
    references = try root.choices("references", Baseline.self)
    trainingShare = try root.double("trainingShare", in: 0.1...0.75)
    var candidates: [Candidate] = []
    for node in try root.nodes("candidates") {
      candidates.append(Candidate(name: try node.string("name"), overrides: try node.strings("set")))
    }
    self.candidates = candidates
    try root.finish()
  }

  /// Tries every candidate on every data set.
  ///
  /// - Parameters:
  ///   - only: Names of the candidates to try, without the references; `nil` for all.
  ///   - dataRoot: The folder that holds all data sets.
  ///   - report: Told what was done.
  ///   - threads: How many threads work; the result does not depend on it.
  public func run(
    dataRoot: String, threads: Int, only: Set<String>? = nil, report: (String) -> Void
  ) throws -> [Outcome] {
    var outcomes: [Outcome] = []
    func add(_ outcome: Outcome) {
      report(
        "\(outcome.candidate), \(outcome.data), seed \(outcome.seed): VUS-PR \(NumberText.fixed(outcome.vusPR, decimals: 3)), "
          + "hit rate \(NumberText.fixed(outcome.hitRate, decimals: 3))")
      outcomes.append(outcome)
    }
    let base = try ExperimentSpecification(contentsOf: folder.specificationPath)
    for source in base.data {
      let runs = try source.load(from: dataRoot, threads: threads)
      for seed in seeds {
        var generator = Generator(seed: seed)
        let halves = runs.map { corruptedTrainingHalf(of: $0, using: &generator) }
        for reference in references where only == nil {
          var detector = BaselineDetector(reference, seed: seed)
          let prepared = try PreparedTelemetry(halves, configuration: base.pipeline, threads: threads).forBaselines()
          add(try outcome(reference.rawValue, &detector, source, prepared, seed, threads))
        }
        for candidate in candidates where only?.contains(candidate.name) ?? true {
          let pipeline = try ExperimentSpecification(
            contentsOf: folder.specificationPath, overriding: candidate.overrides.map { "pipeline." + $0 }
          ).pipeline
          let prepared = try PreparedTelemetry(halves, configuration: pipeline, threads: threads)
          var detector = JointDetector(try prepared.trainedModel(seed: seed), options: pipeline.detector)
          add(try outcome(candidate.name, &detector, source, prepared, seed, threads))
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
      let numbers = [outcome.vusPR, outcome.hitRate].map(CommaSeparated.number)
      return ([outcome.candidate, outcome.data, "\(outcome.seed)"] + numbers).joined(separator: ",")
    }
    return (["candidate,data,seed,vus_pr,hit_rate_100"] + lines).joined(separator: "\n") + "\n"
  }

  private func outcome<Detector: AnomalyDetector>(
    _ name: String, _ detector: inout Detector, _ source: DataSource, _ prepared: PreparedTelemetry, _ seed: UInt64,
    _ threads: Int
  ) throws -> Outcome {
    let evaluation = try DataSetEvaluation(
      source, runs: prepared.splits.test.runs, channels: prepared.scale.channelReferences,
      alarms: prepared.configuration.alarms)
    let rows = try evaluation.rows(
      prepared.fitAndScore(&detector, prepared.splits.test), method: name, seed: seed, threads: threads)
    func mean(_ metric: Metric) -> Double {
      rows.reduce(0) { $0 + ($1.values[metric] ?? 0) } / Double(rows.count)
    }
    return Outcome(candidate: name, data: source.name, seed: seed, vusPR: mean(.vusPR), hitRate: mean(.hitRate))
  }

  /// The time before the test half: the first `trainingShare` to train, the last quarter corrupted, nothing between.
  private func corruptedTrainingHalf(of run: Run, using generator: inout Generator) -> Run {
    let end = run.split?.trainingEnd ?? run.sampleCount / 2
    let corrupted = end - Int(Double(end) * Self.corruptedShare)..<end
    let half = SyntheticCorruption().corrupting(run.selecting(samples: 0..<end), samples: corrupted, using: &generator)
    return half.testing(corrupted, trainingEnd: Int(Double(end) * trainingShare))
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
