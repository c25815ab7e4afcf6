public import StrataDiagnosis
import StrataSimulation
public import StrataTelemetry
import StrataYAML

/// An experiment on whole clusters: fitted to the clean time of each run, what do the incidents of the rest find?
public struct ClusterSpecification: Sendable {
  /// Runs of one kind of cluster.
  public struct Source: Sendable {
    /// Where the runs come from.
    public enum Origin: Sendable {
      /// Folders, below the experiment's own, that hold `telemetry.csv.gz` and its `mapping.yaml`.
      case recordings([String])
      /// A preset of the simulator, once per seed.
      case preset(String, seeds: [UInt64])
      /// A corpus of simulated runs, described by a file beside the specification.
      case corpus(String, seed: UInt64)
    }

    public let name: String
    public let origin: Origin
    /// Methods of detection that are fitted and judged like the one that is chosen, by name.
    public let methods: [String]
    /// Simple methods that are fitted to the same clean time.
    public let baselines: [Baseline]
    /// Sums of baselines, by name.
    public let sums: [ExperimentSpecification.Sum]
    /// How the clean time of the baselines is divided.
    public let embargo: Int
    public let validationFraction: Double
    /// Channels that the baselines leave out.
    public let covariates: [String]
    /// Every budget that alarms are raised for, in false alarms per 1000 node-days.
    public let budgets: [Double]
    /// Seconds without an exceedance that end an alarm.
    public let mergeGap: Double
    /// Seconds after a fault in which an alarm may still be for it, and in which one is not false.
    public let late: (found: Double, excused: Double)
  }

  public let title: String
  public let sources: [Source]
  /// The runs that are run again to check the committed rows, and how far numbers may lie apart.
  public let smoke: (source: String, run: String, tolerance: Double)
  /// The hash of the specification: equal for equal settings, whatever the layout of the file.
  public let hash: String

  /// Reads `experiment.yaml`, strictly.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(contentsOf path: String) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: path)
    title = try root.string("title")
    var sources: [Source] = []
    for node in try root.nodes("clusters") { sources.append(try Source(node)) }
    self.sources = sources
    let smokeNode = try root.node("smoke")
    smoke = (
      try smokeNode.string("cluster"), try smokeNode.string("run"), try smokeNode.double("tolerance", in: 0...1)
    )
    guard sources.contains(where: { [smoke] in $0.name == smoke.source }) else {
      throw smokeNode.error("there is no cluster '\(smoke.source)'", at: "cluster")
    }
    hash = Provenance.hash(root.canonicalText)
    try root.finish()
  }
}

extension ClusterSpecification.Source {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    name = try node.string("name")
    if node.has("recordings") {
      origin = .recordings(try node.strings("recordings"))
    } else {
      var seeds: [UInt64] = []
      for seed in try node.ints("seeds", in: 0...Int.max) { seeds.append(UInt64(seed)) }
      if node.has("corpus") {
        guard seeds.count == 1 else { throw node.error("a corpus takes one seed", at: "seeds") }
        origin = .corpus(try node.string("corpus"), seed: seeds[0])
      } else {
        let preset = try node.string("preset")
        guard Scenario.presets[preset] != nil else {
          throw node.error("there is no preset '\(preset)'; known: \(Scenario.presets.keys.sorted())", at: "preset")
        }
        origin = .preset(preset, seeds: seeds)
      }
    }
    methods = node.has("methods") ? try node.strings("methods") : []
    if let problem = methods.lazy.compactMap(DetectionMethod.problem).first {
      throw node.error(problem, at: "methods")
    }
    baselines = node.has("baselines") ? try node.choices("baselines", Baseline.self) : []
    var sums: [ExperimentSpecification.Sum] = []
    for sum in try node.optionalNodes("sums") {
      sums.append(.init(name: try sum.string("name"), parts: try sum.choices("parts", Baseline.self)))
    }
    for sum in sums where !Set(sum.parts).isSubset(of: baselines) || sum.parts.isEmpty {
      throw node.error("the sum '\(sum.name)' needs parts that are among the baselines", at: "sums")
    }
    self.sums = sums
    let split = try node.node("split")
    embargo = try split.int("embargo", in: 1...65536)
    validationFraction = try split.double("validation", in: 0.01...0.9)
    covariates = node.has("covariates") ? try node.strings("covariates") : []
    budgets = try node.doubles("budgets", in: 1e-6...1e9)
    mergeGap = try node.double("mergeGap", in: 0...1e9)
    late = (try node.double("foundWithin", in: 0...1e6), try node.double("excusedWithin", in: 0...1e6))
  }

  /// The names of the runs, in order.
  func runNames(in folder: ExperimentFolder) throws -> [String] {
    switch origin {
    case .recordings(let folders): folders.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    case .preset(_, let seeds): seeds.map { "seed \($0)" }
    case .corpus: try corpusRuns(in: folder).map(\.name)
    }
  }

  /// Reads or simulates one of the runs.
  func run(at index: Int, in folder: ExperimentFolder, threads: Int) throws -> Run {
    switch origin {
    case .recordings(let folders):
      let path = "\(folder.path)/\(folders[index])"
      let mapping = try CSVMapping(contentsOf: "\(path)/mapping.yaml")
      let importer = CSVImporter(mapping: mapping, table: "\(path)/telemetry.csv.gz")
      return try importer.run(named: importer.runNames[0])
    case .preset(let preset, let seeds):
      return try Simulator(Scenario.presets[preset]!, seed: seeds[index], threads: threads).run()
    case .corpus:
      let run = try corpusRuns(in: folder)[index]
      return try Simulator(run.scenario, seed: run.seed, threads: threads).run()
    }
  }

  private func corpusRuns(in folder: ExperimentFolder) throws(ConfigurationError) -> [CorpusRun] {
    guard case .corpus(let file, let seed) = origin else { return [] }
    return ScenarioGenerator(try CorpusSpecification(contentsOf: "\(folder.path)/\(file)"), seed: seed).runs
  }
}
