import StrataTelemetry

/// A slow part of a pipelined job: who computes longer, and who waits where.
struct StragglerComparison: RealismComparison {
  private let trace: String
  private let culprit: StragglerSignature.Culprit
  private let limit: Double

  var files: [String] { [trace] }
  var needsScenario: Bool { true }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    trace = try node.string("trace")
    let place = try node.node("culprit")
    let stage = try place.int("stage", in: 0...)
    culprit = place.has("replica") ? .worker(replica: try place.int("replica", in: 0...), stage: stage) : .stage(stage)
    limit = try node.double("limit", in: 0...1)
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let published = StragglerSignature(try TracedOperation.all(contentsOf: task.path(trace)), culprit: culprit)
    let simulated = try task.forEachSeed { seed in
      StragglerSignature(try TracedOperation.all(simulating: task.scenario!, seed: seed), culprit: culprit)
    }
    let rows = RealismRow.merged(
      simulated.map { RealismRow.rows(task.section, published: published, simulated: $0, limit: limit) })
    return RealismOutcome(rows: rows, curves: curves(task.section, published, simulated[0], rows))
  }

  /// Bars of every kind of communication that is compared: what its stages wait.
  private func curves(
    _ section: String, _ published: StragglerSignature, _ simulated: StragglerSignature, _ rows: [RealismRow]
  ) -> [RealismCurve] {
    let kinds = StragglerSignature.compared.filter { kind in
      rows.contains { $0.quantity.hasPrefix(kind.rawValue) }
    }
    return kinds.flatMap { kind in
      [(RealismCurve.Line.published, published), (.simulated, simulated)].map { line, signature in
        let stages = (published.contrasts[kind] ?? []).indices
        return RealismCurve(
          figure: "waits", panel: "\(section): \(kind.rawValue), by stage", unit: "s", line: line,
          points: stages.flatMap { stage -> [LinePanel.Point] in
            let height = signature[kind, stage].figure ?? 0
            let left = Double(stage) + (line == .published ? -0.32 : 0.02)
            return [(left, 0), (left, height), (left + 0.3, height), (left + 0.3, 0), (left + 0.3, .nan)].map {
              LinePanel.Point($0, $1)
            }
          })
      }
    }
  }
}
