import StrataTelemetry

/// A published run of a job with the power of its hosts.
struct MeasuredPower: Sendable {
  let power: String
  let events: String

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    (power, events) = (try node.string("power"), try node.string("events"))
  }

  static func all(_ node: ConfigurationNode) throws(ConfigurationError) -> [MeasuredPower] {
    var runs: [MeasuredPower] = []
    for element in try node.nodes("runs") { runs.append(try MeasuredPower(element)) }
    return runs
  }

  /// One record per meter and the phases of the run.
  func read(_ task: RealismTask) throws -> (records: [PowerRecord], phases: RunPhases) {
    (try PowerRecord.all(contentsOf: task.path(power)).independent, try RunPhases(contentsOf: task.path(events)))
  }
}

/// What hosts draw while they train and while they evaluate.
struct PowerComparison: RealismComparison {
  private let runs: [MeasuredPower]
  private let limit: Double

  var files: [String] { runs.flatMap { [$0.power, $0.events] } }
  var needsScenario: Bool { true }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    runs = try MeasuredPower.all(node)
    limit = try node.double("limit", in: 0...1)
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let measured = try runs.map { try $0.read(task) }
    let published = measured.map { PowerLevels($0.records, phases: $0.phases) }
    let simulated = try task.forEachSeed { try SimulatedPower(task.scenario!, seed: $0) }
    let levels = simulated.map { PowerLevels($0.records, phases: $0.phases) }
    let rows = RealismRow.merged(
      levels.flatMap { own in
        published.map { RealismRow.rows(task.section, published: $0, simulated: own, limit: limit) }
      })
    let curves =
      curves(task.section, .published, measured[0].records, measured[0].phases, published[0])
      + self.curves(task.section, .simulated, simulated[0].records, simulated[0].phases, levels[0])
    return RealismOutcome(rows: rows, curves: curves)
  }

  /// One host from a minute before an evaluation to two minutes after it began, and all readings of both phases.
  private func curves(
    _ section: String, _ line: RealismCurve.Line, _ records: [PowerRecord], _ phases: RunPhases, _ levels: PowerLevels
  ) -> [RealismCurve] {
    let start = phases.evaluations[phases.evaluations.count / 2].lowerBound
    let host = records[0]
    let points = zip(host.times, host.watts).map { LinePanel.Point($0 - start, $1) }.filter {
      (-60...120).contains($0.x)
    }
    func curve(_ panel: String, _ unit: String, _ points: [LinePanel.Point]) -> RealismCurve {
      RealismCurve(figure: "power", panel: "\(section): \(panel)", unit: unit, line: line, points: points)
    }
    return [
      curve("one host, seconds from an evaluation", "W", points),
      curve("training, share of readings below, W", "1", levels.training.samples.points),
      curve("evaluation, share of readings below, W", "1", levels.evaluation.samples.points),
    ]
  }
}
