public import StrataTelemetry
import StrataYAML

extension CorpusSpecification {
  /// Reads a specification from a YAML file, strictly.
  ///
  /// `name`, `runs`, `duration`, `interval`, `training` and `topologies` are required; everything else has a default.
  ///
  /// - Throws: `ConfigurationError` with file and line for a key that is unknown or missing, a value that is of the wrong
  ///   type or out of range, an unknown fault, and a split that would have nothing to choose from.
  public init(contentsOf path: String) throws(ConfigurationError) {
    try self.init(ConfigurationNode(contentsOf: path))
  }

  /// Reads a specification from a text; `source` stands for the file name in errors.
  public init(parsing text: String, source: String) throws(ConfigurationError) {
    try self.init(ConfigurationNode(parsing: text, source: source))
  }

  /// Reads and checks a specification.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let runs = try node.node("runs")
    var counts: [Split: Int] = [:]
    for split in Split.allCases { counts[split] = try runs.int(split.rawValue, in: 0...100_000, default: 0) }
    try runs.finish()
    guard counts.values.contains(where: { $0 > 0 }) else { throw node.error("'runs' asks for no run", at: "runs") }
    let interval = try node.double("interval", in: 0.1...3600)
    let duration = try node.double("duration", in: interval...31_536_000)
    self.init(
      name: try node.string("name"), runs: counts, duration: duration, interval: interval,
      training: try node.double("training", in: 0...duration), topologies: [])
    if let section = try node.optionalNode("sensors") {
      for field in SensorDefects.fields { try field.read(section, into: &sensors) }
    }
    topologies = try readTopologies(node)
    if let section = try node.optionalNode("faults") { try readFaults(section) }
    benign = try node.double("benign", in: 0...20, default: benign)
    benignPerDay = try node.double("benignPerDay", in: 0...10_000, default: benignPerDay)
    if let section = try node.optionalNode("heldOut") { try readHeldOut(section) }
    try node.finish()
    try checkTime(node)
    try checkSplits(node)
  }

  private func readTopologies(_ node: ConfigurationNode) throws(ConfigurationError) -> [Topology] {
    var topologies: [Topology] = []
    for element in try node.nodes("topologies") {
      let name = try element.string("name")
      guard !topologies.contains(where: { $0.name == name }) else {
        throw element.error("'\(element.path).name' repeats '\(name)'", at: "name")
      }
      var workload = TrainingWorkload()
      if let section = try element.optionalNode("training") { workload = try TrainingWorkload(section) }
      let topology = Topology(
        name: name, weight: try element.double("weight", in: .positive, default: 1),
        cluster: try Scenario.cluster(element.node("cluster")), training: workload)
      do { try scenario(name: "check", on: topology).validate() } catch {
        // The scenario has the workload in its only job, the specification beside the cluster.
        let field = error.field.replacing("jobs[0].", with: "")
        throw Scenario.place(ScenarioError(error.problem, field: field), in: element)
      }
      topologies.append(topology)
    }
    guard !topologies.isEmpty else { throw node.error("'topologies' is empty", at: "topologies") }
    return topologies
  }

  private mutating func readFaults(_ node: ConfigurationNode) throws(ConfigurationError) {
    if node.has("mix") { faults.weights = try Self.mix(node) }
    if node.keys.contains("arrivals") {
      faults.arrivals = try Self.arrivals(node)
      // Repairs are as long as they are.
      faults.duration = interval...duration
    } else {
      try readDealing(node)
    }
    faults.severity = try Self.range(node, "severity", in: 0.001...1, default: faults.severity)
    faults.duration = try Self.range(node, "duration", in: interval...duration, default: faults.duration)
    faults.telemetry = try node.double("telemetry", in: 0...1, default: faults.telemetry)
    faults.precursors = try node.bool("precursors", default: faults.precursors)
  }

  private mutating func readDealing(_ node: ConfigurationNode) throws(ConfigurationError) {
    let counts = try node.has("perRun") ? node.ints("perRun", in: 1...1000) : [1, 3]
    guard counts.count == 2, counts[0] <= counts[1] else {
      throw node.error("'faults.perRun' must be [least, most], found \(counts)", at: "perRun")
    }
    faults.perRun = counts[0]...counts[1]
    faults.free = try node.double("free", in: 0...1, default: faults.free)
    faults.compound = try node.double("compound", in: 0...1, default: faults.compound)
  }

  private static func arrivals(_ node: ConfigurationNode) throws(ConfigurationError) -> FaultArrivals {
    let section = try node.node("arrivals")
    for key in ["perRun", "free", "compound"] where node.has(key) {
      throw node.error(
        "'faults.\(key)' deals faults out, 'faults.arrivals' lets them come by themselves; remove one of the two",
        at: key)
    }
    var arrivals = FaultArrivals()
    arrivals.rate = try section.double("rate", in: 0.001...1000, default: arrivals.rate)
    arrivals.acceleration = try section.double("acceleration", in: 1...100_000, default: 1000)
    return arrivals
  }

  /// The name of a published table, or weights by kind.
  private static func mix(_ node: ConfigurationNode) throws(ConfigurationError) -> [String: Double] {
    if let name = try? node.string("mix") {
      let tables = FailureTable.published + [.mixtureOfExperts, .training]
      guard let table = tables.first(where: { $0.name == name }) else {
        let names = tables.map(\.name)
        throw node.error(
          "'faults.mix' must be \(names.joined(separator: ", ")) or weights by kind, found '\(name)'"
            + Suggestion.clause(for: name, among: names), at: "mix")
      }
      return Faults.weights(table)
    }
    var weights: [String: Double] = [:]
    for (name, value) in try node.entries("mix") {
      let card: FaultCard
      do { card = try FaultCatalogue.standard.card(name) } catch { throw value.error(error.description) }
      guard !card.isBenign else { throw value.error("'\(value.path)' is benign and so no fault") }
      guard weights[card.id] == nil else { throw value.error("'\(value.path)' is given twice, by name and by id") }
      weights[card.id] = try value.doubleValue(in: .positive)
    }
    guard !weights.isEmpty else { throw node.error("'faults.mix' is empty", at: "mix") }
    return weights
  }

  private static func range(
    _ node: ConfigurationNode, _ key: String, in limits: ClosedRange<Double>, default fallback: ClosedRange<Double>
  ) throws(ConfigurationError) -> ClosedRange<Double> {
    guard node.has(key) else { return fallback }
    let bounds = try node.doubles(key, in: limits)
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw node.error("'\(node.path).\(key)' must be [least, most], found \(bounds)", at: key)
    }
    return bounds[0]...bounds[1]
  }

  private mutating func readHeldOut(_ node: ConfigurationNode) throws(ConfigurationError) {
    heldOutShare = try node.double("share", in: 0...1, default: heldOutShare)
    for split in Split.allCases {
      guard let section = try node.optionalNode(split.rawValue) else { continue }
      var own = HeldOut()
      if section.has("faults") {
        for name in try section.strings("faults") {
          own.faults.insert(try Scenario.card(section, "faults", name).id)
        }
      }
      if section.has("topologies") {
        for name in try section.strings("topologies") {
          guard topologies.contains(where: { $0.name == name }) else {
            throw section.error(
              "there is no topology '\(name)'" + Suggestion.clause(for: name, among: topologies.map(\.name)),
              at: "topologies")
          }
          own.topologies.insert(name)
        }
      }
      if section.has("hardware") { own.hardware = Set(try section.choices("hardware", Hardware.self)) }
      heldOut[split] = own
    }
  }

  private func checkTime(_ node: ConfigurationNode) throws(ConfigurationError) {
    if let arrivals = faults.arrivals { return try checkArrivals(arrivals, node) }
    let slot = (duration - training) / Double(faults.perRun.upperBound)
    guard faults.duration.upperBound + Self.recovery <= slot else {
      throw node.error(
        "\(faults.perRun.upperBound) faults of up to \(faults.duration.upperBound) s, each followed by "
          + "\(Self.recovery) s, do not fit into the \(duration - training) s after training", at: "faults")
    }
  }

  private func checkArrivals(_ arrivals: FaultArrivals, _ node: ConfigurationNode) throws(ConfigurationError) {
    for topology in topologies {
      let days = (duration - training) * arrivals.acceleration / 86_400
      let expected = Double(topology.cluster.hosts) * days * arrivals.rate / 1000
      guard expected < 0.01 || expected > 1000 else { continue }
      throw try node.node("faults").error(
        "'faults.arrivals' would bring \((expected * 10_000).rounded() / 10_000) faults to a run on '\(topology.name)'; "
          + "change rate or acceleration so that it is from 0.01 to 1000", at: "arrivals")
    }
  }

  private func checkSplits(_ node: ConfigurationNode) throws(ConfigurationError) {
    for split in Split.allCases where runs[split, default: 0] > 0 {
      guard topologies.contains(where: { allows($0, in: split) }) else {
        throw node.error("no topology is left for \(split.rawValue): all are held out for others", at: "heldOut")
      }
      guard faults.free == 1 || faults.weights.keys.contains(where: { allows(fault: $0, in: split) }) else {
        throw node.error("no fault is left for \(split.rawValue): all are held out for others", at: "heldOut")
      }
    }
  }
}
