import StrataTelemetry
import StrataTensor

extension Scenario {
  /// The scenario as YAML that reads back as an equal one. What has its default is left out.
  ///
  /// A fault is named by its id, so a card of a catalogue of one's own reads back only where that catalogue is read.
  public var yaml: String {
    var text = YAMLText()
    text.add("name", text: name)
    if start != Scenario(name: "", duration: 1, interval: 1, training: 0, cluster: cluster).start {
      text.add("start", start)
    }
    text.add("duration", duration)
    text.add("interval", interval)
    text.add("training", training)
    text.section("cluster") { $0.add(cluster) }
    text.section("sensors") { $0.add(sensors, default: SensorDefects(), SensorDefects.fields) }
    text.list("jobs", jobs) { $0.add($1) }
    text.list("faults", faults) { $0.add($1) }
    text.list("benign", benign) { $0.add($1) }
    if let randomFaults { text.section("randomFaults") { $0.add(randomFaults) } }
    return text.text
  }
}

/// YAML in block style under construction.
private struct YAMLText {
  private(set) var text = ""
  private var indentation = ""
  /// What stands before the next line in place of its indentation: the dash of a list.
  private var opening: String?

  mutating func add(_ key: String, _ value: some LosslessStringConvertible) {
    text += (opening ?? indentation) + "\(key): \(value)\n"
    opening = nil
  }

  mutating func add(_ key: String, text value: String) { add(key, quotedAsJSON(value)) }

  /// A part with keys of its own; nothing when it adds none.
  mutating func section(_ key: String, _ body: (inout YAMLText) -> Void) {
    var inner = YAMLText()
    inner.indentation = indentation + "  "
    body(&inner)
    guard !inner.text.isEmpty else { return }
    text += (opening ?? indentation) + "\(key):\n" + inner.text
    opening = nil
  }

  mutating func list<Element>(_ key: String, _ elements: [Element], _ body: (inout YAMLText, Element) -> Void) {
    guard !elements.isEmpty else { return }
    text += indentation + "\(key):\n"
    for element in elements {
      var inner = YAMLText()
      (inner.indentation, inner.opening) = (indentation + "    ", indentation + "  - ")
      body(&inner, element)
      text += inner.text
    }
  }

  /// The fields that differ from their defaults.
  mutating func add<Root>(_ root: Root, default usual: Root, _ fields: [ScenarioField<Root>]) {
    for field in fields {
      switch field {
      case .real(let key, let path, _): if root[keyPath: path] != usual[keyPath: path] { add(key, root[keyPath: path]) }
      case .whole(let key, let path, _):
        if root[keyPath: path] != usual[keyPath: path] { add(key, root[keyPath: path]) }
      }
    }
  }

  mutating func add(_ shape: ClusterShape) {
    let usual = ClusterShape(hosts: 0)
    if shape.name != usual.name { add("name", text: shape.name) }
    if shape.hardware != usual.hardware { add("hardware", shape.hardware.rawValue) }
    add(shape, default: usual, ClusterShape.fields)
  }

  mutating func add(_ job: JobSpecification) {
    add("name", text: job.name)
    if let hosts = job.hosts { add("hosts", hosts) }
    switch job.workload {
    case .training(let workload): present("training") { $0.add(workload) }
    case .serving(let workload): present("serving") { $0.add(workload) }
    }
  }

  /// A section that has to be there even when it adds nothing.
  private mutating func present(_ key: String, _ body: (inout YAMLText) -> Void) {
    let before = text
    section(key, body)
    if text == before { add(key, "{}") }
  }

  mutating func add(_ workload: TrainingWorkload) {
    add(workload, default: TrainingWorkload(), TrainingWorkload.fields)
    section("router") { $0.add(workload.router, default: RouterSettings(), RouterSettings.fields) }
    for (key, pause) in [("checkpoints", workload.checkpoints), ("evaluations", workload.evaluations)] {
      guard let pause else { continue }
      section(key) {
        $0.add("every", pause.every)
        $0.add("duration", pause.duration)
      }
    }
  }

  mutating func add(_ workload: ServingWorkload) {
    add(workload, default: ServingWorkload(), ServingWorkload.fields)
    section("router") { $0.add(workload.router, default: RouterSettings(), RouterSettings.fields) }
  }

  mutating func add(_ fault: FaultSpecification) {
    add("kind", fault.card.id)
    if let entity = fault.entity { add("entity", text: entity.description) }
    add("at", fault.at)
    add("duration", fault.duration)
    add("severity", fault.severity)
    if let expert = fault.expert { add("expert", expert) }
    // The file names the last layer, the range the one after it.
    if let layers = fault.layers { add("layers", "[\(layers.lowerBound), \(layers.upperBound - 1)]") }
    if let onset = fault.onset { add("onset", onset.rawValue) }
    if let ramp = fault.ramp { add("ramp", ramp) }
    if let precursor = fault.precursor { add("precursor", precursor) }
    if let lead = fault.lead { add("lead", lead) }
    if let variant = fault.variant { add("variant", text: variant) }
  }

  mutating func add(_ episode: BenignSpecification) {
    add("kind", episode.kind.rawValue)
    if let entity = episode.entity { add("entity", text: entity.description) }
    add("at", episode.at)
    add("duration", episode.duration)
    add("severity", episode.severity)
  }

  mutating func add(_ random: RandomFaults) {
    add("count", random.count)
    add("kinds", "[\(random.cards.map(\.id).joined(separator: ", "))]")
    add("severity", "[\(random.severity.lowerBound), \(random.severity.upperBound)]")
    add("duration", "[\(random.duration.lowerBound), \(random.duration.upperBound)]")
    add("precursors", random.precursors)
  }
}
