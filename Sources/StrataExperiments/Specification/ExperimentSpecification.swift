public import StrataDiagnosis
public import StrataTelemetry
import StrataYAML

/// An experiment on public data: a fitted detector against baselines. Everything its results depend on.
public struct ExperimentSpecification: Sendable {
  /// Several baselines whose standardised scores are added.
  public struct Sum: Hashable, Sendable {
    public let name: String
    public let parts: [Baseline]

    public init(name: String, parts: [Baseline]) { (self.name, self.parts) = (name, parts) }
  }

  /// A small part of the experiment that is run again to check the committed rows.
  public struct Smoke: Hashable, Sendable {
    /// The data set, and the methods whose rows are compared.
    public let data: String
    public let methods: [String]
    /// How far a metric may lie from its committed value.
    public let tolerance: Double
  }

  public let title: String
  public let seeds: [UInt64]
  public let data: [DataSource]
  public let baselines: [Baseline]
  public let sums: [Sum]
  /// Samples left out between the training, validation and test time of the baselines.
  public let embargo: Int
  /// The share of training time that measures the scores of the baselines.
  public let validationFraction: Double
  /// When scores become alarms.
  public let alarms: AlarmPolicy
  /// Resamples of every bootstrap interval.
  public let resamples: Int
  public let smoke: Smoke
  /// The hash of the specification: equal for equal settings, whatever the layout of the file.
  public let hash: String

  /// Reads `experiment.yaml`, strictly.
  ///
  /// - Throws: `ConfigurationError` with file and line.
  public init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    let root = try ConfigurationNode(contentsOf: path, overriding: overrides)
    title = try root.string("title")
    var seeds: [UInt64] = []
    for seed in try root.nodes("seeds") { seeds.append(UInt64(try seed.intValue(in: 0...))) }
    guard !seeds.isEmpty, Set(seeds).count == seeds.count else {
      throw root.error("'seeds' needs at least one seed, each once", at: "seeds")
    }
    self.seeds = seeds
    var data: [DataSource] = []
    for node in try root.nodes("data") { data.append(try DataSource(node)) }
    self.data = data
    baselines = try root.choices("baselines", Baseline.self)
    var sums: [Sum] = []
    for node in try root.optionalNodes("sums") {
      sums.append(Sum(name: try node.string("name"), parts: try node.choices("parts", Baseline.self)))
    }
    for sum in sums where !Set(sum.parts).isSubset(of: baselines) || sum.parts.isEmpty {
      throw root.error("the sum '\(sum.name)' needs parts that are among the baselines", at: "sums")
    }
    self.sums = sums
    resamples = try root.int("resamples", in: 100...1_000_000)
    let smokeNode = try root.node("smoke")
    smoke = Smoke(
      data: try smokeNode.string("data"), methods: try smokeNode.strings("methods"),
      tolerance: try smokeNode.double("tolerance", in: 0...1))
    guard data.contains(where: { [smoke] in $0.name == smoke.data }) else {
      throw smokeNode.error("there is no data set '\(smoke.data)'", at: "data")
    }
    let split = try root.node("split")
    embargo = try split.int("embargo", in: 1...65536)
    validationFraction = try split.double("validation", in: 0.01...0.9)
    alarms = try AlarmPolicy(root.node("alarms"))
    hash = Provenance.hash(root.canonicalText)
    try root.finish()
  }
}
