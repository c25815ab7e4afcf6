import StrataSimulation
import StrataTelemetry
import StrataTensor

/// How the readings of device metrics are distributed over a cluster.
struct MarginalComparison: RealismComparison {
  /// A series of the published table and the channel beside it.
  private struct Series: Sendable {
    let name: String
    let channel: String
    let unit: String
    /// What a reading is multiplied by to be in the unit of the table.
    let scale: Double
    let limit: Double?

    init(_ node: ConfigurationNode) throws(ConfigurationError) {
      name = try node.string("series")
      channel = try node.string("channel")
      unit = try node.string("unit", default: "1")
      scale = try node.double("scale", default: 1)
      limit = node.has("limit") ? try node.double("limit", in: 0...1) : nil
    }
  }

  private let table: String
  private let series: [Series]

  var files: [String] { [table] }
  var needsScenario: Bool { true }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    table = try node.string("table")
    var series: [Series] = []
    for element in try node.nodes("series") { series.append(try Series(element)) }
    self.series = series
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let published = try MarginalDistribution.all(contentsOf: task.path(table))
    let simulated = try task.forEachSeed { seed in
      let run = try Simulator(task.scenario!, seed: seed).run()
      return try series.map { series in
        MarginalDistribution(try run.readings(of: series.channel).lazy.map { Double($0) * series.scale })
      }
    }
    var outcome = RealismOutcome(rows: [])
    for (index, series) in series.enumerated() {
      guard let real = published[series.name] else {
        throw ExperimentError("\(task.path(table)): there is no series '\(series.name)'")
      }
      outcome.rows += RealismRow.merged(
        simulated.map {
          RealismRow.rows(
            task.section, series.name, unit: series.unit, published: real, simulated: $0[index], limit: series.limit)
        })
      for (line, distribution) in [(RealismCurve.Line.published, real), (.simulated, simulated[0][index])] {
        outcome.curves.append(
          RealismCurve(
            figure: "marginals", panel: "\(series.name): share of readings below", unit: "1", line: line,
            points: distribution.points))
      }
    }
    return outcome
  }
}

extension Run {
  /// Every reading of a channel that is not missing, over all entities.
  ///
  /// - Throws: ``ExperimentError`` when no layer has the channel.
  func readings(of channel: String) throws -> [Float] {
    for layer in layers {
      guard let index = layer.channels.firstIndex(where: { $0.name == channel }) else { continue }
      let width = layer.channels.count
      return layer.values.withElements { values in
        stride(from: index, to: values.count, by: width).map { values[$0] }.filter { !$0.isNaN }
      }
    }
    throw ExperimentError("the simulator has no channel '\(channel)'")
  }
}
