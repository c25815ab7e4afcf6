import StrataSimulation
import StrataTelemetry
import StrataTensor

/// One part of an experiment on realism: public data, what is simulated beside it, and how the two are compared.
public struct RealismSection: Sendable {
  /// How a section compares; each kind has keys of its own in `experiment.yaml`.
  enum Kind: String, CaseIterable, Sendable {
    case straggler, faults, marginals, power, classifier, exposure

    func comparison(_ node: ConfigurationNode) throws(ConfigurationError) -> any RealismComparison {
      switch self {
      case .straggler: try StragglerComparison(node)
      case .faults: try ArrivalComparison(node)
      case .marginals: try MarginalComparison(node)
      case .power: try PowerComparison(node)
      case .classifier: try ClassifierComparison(node)
      case .exposure: try ExposureComparison(node)
      }
    }
  }

  /// What tables call it.
  public let name: String
  /// The scenario's file beside the specification; nil where nothing but arrivals of faults is simulated.
  let scenario: String?
  let comparison: any RealismComparison

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    name = try node.string("section")
    scenario = try node.optionalString("scenario")
    let kind: Kind = try node.choice("kind")
    comparison = try kind.comparison(node)
    if scenario == nil, comparison.needsScenario { throw node.error("a section of this kind needs a 'scenario'") }
  }
}

/// A way of comparing the simulator with public data.
protocol RealismComparison: Sendable {
  /// What it reads, below the folder of all data.
  var files: [String] { get }
  var needsScenario: Bool { get }

  func outcome(_ task: RealismTask) throws -> RealismOutcome
}

/// What a comparison is given.
struct RealismTask: Sendable {
  let section: String
  let dataRoot: String
  let scenario: Scenario?
  let seeds: [UInt64]
  let threads: Int

  func path(_ file: String) -> String { dataRoot.hasSuffix("/") ? dataRoot + file : "\(dataRoot)/\(file)" }

  /// Does something with every seed, on several threads.
  func forEachSeed<Result: Sendable>(_ body: @Sendable (UInt64) throws -> Result) throws -> [Result] {
    try parallelMap(count: seeds.count, threads: threads) { (index) throws -> Result in try body(seeds[index]) }
  }
}

/// What a comparison finds.
struct RealismOutcome: Sendable {
  var rows: [RealismRow]
  var curves: [RealismCurve] = []
}
