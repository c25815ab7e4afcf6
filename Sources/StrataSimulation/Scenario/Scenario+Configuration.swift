public import StrataTelemetry

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
    if let section = try node.optionalNode("workload") { try workload.read(section) }
    if let section = try node.optionalNode("sensors") { try sensors.read(section) }
    checkpoints = try Self.pause(node, "checkpoints")
    evaluations = try Self.pause(node, "evaluations")
    for element in try node.optionalNodes("faults") { faults.append(try Self.fault(element)) }
    for element in try node.optionalNodes("benign") { benign.append(try Self.episode(element)) }
    if let section = try node.optionalNode("randomFaults") { randomFaults = try Self.randomFaults(section) }
    try node.finish()
    do { try validate() } catch { throw Self.place(error, in: node) }
  }

  private static func cluster(_ node: ConfigurationNode) throws(ConfigurationError) -> ClusterShape {
    let usual = ClusterShape(hosts: 1)
    return ClusterShape(
      name: try node.string("name", default: usual.name), hosts: try node.int("hosts"),
      devicesPerHost: try node.int("devicesPerHost", default: usual.devicesPerHost),
      hostsPerRack: try node.int("hostsPerRack", default: usual.hostsPerRack))
  }

  private static func pause(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> PeriodicPause? {
    guard let section = try node.optionalNode(key) else { return nil }
    return PeriodicPause(every: try section.double("every"), duration: try section.double("duration"))
  }

  private static func fault(_ node: ConfigurationNode) throws(ConfigurationError) -> FaultSpecification {
    var fault = FaultSpecification(
      kind: try node.choice("kind"), entity: try entity(node), at: try node.double("at"),
      duration: try node.double("duration"), severity: try node.double("severity"))
    if node.has("expert") { fault.expert = try node.int("expert") }
    if node.has("onset") { fault.onset = try node.choice("onset") }
    if node.has("ramp") { fault.ramp = try node.double("ramp") }
    return fault
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
    var random = RandomFaults(count: try node.int("count"), duration: try range("duration", default: nil))
    random.severity = try range("severity", default: random.severity)
    if node.has("kinds") { random.kinds = try node.choices("kinds") }
    return random
  }

  /// Finds the line of the value that a problem is about; of its section when the value was left to its default.
  private static func place(_ error: ScenarioError, in root: ConfigurationNode) -> ConfigurationError {
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

extension Workload {
  mutating func read(_ node: ConfigurationNode) throws(ConfigurationError) {
    let whole: [(WritableKeyPath<Workload, Int>, String)] = [
      (\.layers, "layers"), (\.experts, "experts"), (\.expertParallel, "expertParallel"),
      (\.expertsPerToken, "expertsPerToken"), (\.tokensPerDevice, "tokensPerDevice"),
      (\.firstIteration, "firstIteration"),
    ]
    for (path, key) in whole { self[keyPath: path] = try node.int(key, default: self[keyPath: path]) }
    let real: [(WritableKeyPath<Workload, Double>, String)] = [
      (\.bytesPerToken, "bytesPerToken"), (\.denseSeconds, "denseSeconds"), (\.expertSeconds, "expertSeconds"),
      (\.optimizerSeconds, "optimizerSeconds"), (\.denseGradientBytes, "denseGradientBytes"),
      (\.expertGradientBytes, "expertGradientBytes"), (\.overlap, "overlap"), (\.computeNoise, "computeNoise"),
      (\.computeNoiseCorrelation, "computeNoiseCorrelation"), (\.attentionShare, "attentionShare"),
      (\.sequenceLength, "sequenceLength"), (\.sequenceVariation, "sequenceVariation"),
      (\.loadingSeconds, "loadingSeconds"), (\.loadingSpread, "loadingSpread"),
      (\.routerConcentration, "routerConcentration"), (\.routerDrift, "routerDrift"),
    ]
    for (path, key) in real { self[keyPath: path] = try node.double(key, default: self[keyPath: path]) }
  }
}

extension SensorDefects {
  mutating func read(_ node: ConfigurationNode) throws(ConfigurationError) {
    let real: [(WritableKeyPath<SensorDefects, Double>, String)] = [
      (\.missing, "missing"), (\.missingRun, "missingRun"), (\.jitter, "jitter"),
      (\.counterResetsPerDay, "counterResetsPerDay"), (\.noise, "noise"),
    ]
    for (path, key) in real { self[keyPath: path] = try node.double(key, default: self[keyPath: path]) }
  }
}
