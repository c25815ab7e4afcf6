public import StrataTelemetry
import StrataYAML

extension Scenario {
  /// Reads a scenario from a YAML file, strictly.
  ///
  /// `name`, `duration`, `interval`, `training` and `cluster.hosts` are required; everything else has a default. Keys are
  /// spelt as the properties of this type.
  ///
  /// - Throws: `ConfigurationError` with file and line for a key that is unknown or missing, a value that is of the
  ///   wrong type or out of range, a fault outside the run and an entity that does not exist.
  public init(contentsOf path: String, overriding overrides: [String] = []) throws(ConfigurationError) {
    try self.init(ConfigurationNode(contentsOf: path, overriding: overrides))
  }

  /// Reads a scenario from a text; `source` stands for the file name in errors.
  public init(parsing text: String, source: String) throws(ConfigurationError) {
    try self.init(ConfigurationNode(parsing: text, source: source))
  }

  /// Reads and validates a scenario that is a whole document or a part of one.
  public init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init(
      name: try node.string("name"), duration: try node.double("duration"), interval: try node.double("interval"),
      training: try node.double("training"), cluster: try Self.cluster(node.node("cluster")))
    start = try node.double("start", default: start)
    if let section = try node.optionalNode("sensors") {
      for field in SensorDefects.fields { try field.read(section, into: &sensors) }
    }
    if node.has("jobs") { jobs = try Self.jobs(node) }
    for element in try node.optionalNodes("faults") { faults.append(try Self.fault(element)) }
    for element in try node.optionalNodes("benign") { benign.append(try Self.episode(element)) }
    if let section = try node.optionalNode("randomFaults") { randomFaults = try Self.randomFaults(section) }
    try node.finish()
    do { try validate() } catch { throw Self.place(error, in: node) }
  }

  static func cluster(_ node: ConfigurationNode) throws(ConfigurationError) -> ClusterShape {
    var shape = ClusterShape(hosts: try node.int("hosts"))
    shape.name = try node.string("name", default: shape.name)
    shape.hardware = try node.choice("hardware", default: shape.hardware)
    for field in ClusterShape.fields { try field.read(node, into: &shape) }
    return shape
  }

  private static func jobs(_ node: ConfigurationNode) throws(ConfigurationError) -> [JobSpecification] {
    var jobs: [JobSpecification] = []
    for element in try node.optionalNodes("jobs") {
      let (training, serving) = (try element.optionalNode("training"), try element.optionalNode("serving"))
      let workload: JobSpecification.Workload
      switch (training, serving) {
      case (let section?, nil): workload = .training(try TrainingWorkload(section))
      case (nil, let section?): workload = .serving(try ServingWorkload(section))
      default: throw element.error("a job has either 'training' or 'serving'", at: nil)
      }
      jobs.append(
        JobSpecification(
          name: try element.string("name"), hosts: element.has("hosts") ? try element.int("hosts") : nil,
          workload: workload))
    }
    return jobs
  }

  private static func fault(_ node: ConfigurationNode) throws(ConfigurationError) -> FaultSpecification {
    var fault = FaultSpecification(
      try card(node, "kind", try node.string("kind")), entity: try entity(node), at: try node.double("at"),
      duration: try node.double("duration"), severity: try node.double("severity"))
    if node.has("expert") { fault.expert = try node.int("expert") }
    if node.has("layers") {
      let bounds = try node.ints("layers")
      guard bounds.count == 2 && bounds[0] <= bounds[1] else {
        throw node.error("'layers' must be a list of a first and a last layer", at: "layers")
      }
      fault.layers = bounds[0]..<bounds[1] + 1
    }
    if node.has("onset") { fault.onset = try node.choice("onset") }
    if node.has("ramp") { fault.ramp = try node.double("ramp") }
    if node.has("precursor") { fault.precursor = try node.bool("precursor") }
    if node.has("lead") { fault.lead = try node.double("lead") }
    fault.variant = try node.optionalString("variant")
    return fault
  }

  static func card(
    _ node: ConfigurationNode, _ key: String, _ name: String
  ) throws(ConfigurationError) -> FaultCard {
    do { return try FaultCatalogue.standard.card(name) } catch { throw node.error(error.description, at: key) }
  }

  private static func episode(_ node: ConfigurationNode) throws(ConfigurationError) -> BenignSpecification {
    BenignSpecification(
      kind: try node.choice("kind"), entity: try entity(node), at: try node.double("at"),
      duration: try node.double("duration"), severity: try node.double("severity"))
  }

  private static func entity(_ node: ConfigurationNode) throws(ConfigurationError) -> EntityPath? {
    guard let text = try node.optionalString("entity") else { return nil }
    guard let entity = EntityPath(parsing: text) else {
      throw node.error("'\(text)' is no entity path such as c0/rack0/host1/gpu2", at: "entity")
    }
    return entity
  }

  private static func randomFaults(_ node: ConfigurationNode) throws(ConfigurationError) -> RandomFaults {
    func range(_ key: String, default fallback: ClosedRange<Double>?) throws(ConfigurationError)
      -> ClosedRange<Double>
    {
      if let fallback, !node.has(key) { return fallback }
      let bounds = try node.doubles(key)
      guard bounds.count == 2 && bounds[0] <= bounds[1] else {
        throw node.error("'\(key)' must be a list of a lower and an upper bound", at: key)
      }
      return bounds[0]...bounds[1]
    }
    var cards: [FaultCard] = []
    for name in try node.strings("kinds") { cards.append(try card(node, "kinds", name)) }
    var random = RandomFaults(count: try node.int("count"), cards: cards, duration: try range("duration", default: nil))
    random.severity = try range("severity", default: random.severity)
    random.precursors = try node.bool("precursors", default: random.precursors)
    return random
  }

  /// Finds the line of the value that a problem is about; of its section when the value was left to its default.
  static func place(_ error: ScenarioError, in root: ConfigurationNode) -> ConfigurationError {
    var node = root
    let parts = error.field.split(separator: ".")
    for part in parts.dropLast() {
      let name = part.prefix { $0 != "[" }
      let index = part.dropFirst(name.count + 1).dropLast()
      guard let child = try? node.node(String(name)) else { break }
      node = child
      if let number = Int(index), let elements = try? child.listElements() { node = elements[number] }
    }
    return node.error(error.description, at: parts.last.map(String.init))
  }
}

extension TrainingWorkload {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    for field in Self.fields { try field.read(node, into: &self) }
    if let section = try node.optionalNode("router") { router = try RouterSettings(section) }
    firstReplicaBarrier = try node.bool("firstReplicaBarrier", default: false)
    checkpoints = try PeriodicPause(node, "checkpoints")
    evaluations = try PeriodicPause(node, "evaluations")
  }
}

extension ServingWorkload {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    for field in Self.fields { try field.read(node, into: &self) }
    if let section = try node.optionalNode("router") { router = try RouterSettings(section) }
  }
}

extension RouterSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    for field in Self.fields { try field.read(node, into: &self) }
  }
}

extension PeriodicPause {
  /// The pause under a key; nil when there is none.
  init?(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) {
    guard let section = try node.optionalNode(key) else { return nil }
    self.init(every: try section.double("every"), duration: try section.double("duration"))
  }
}
