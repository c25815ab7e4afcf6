import StrataSimulation
import StrataTelemetry

/// The part of a step during which devices move data and compute nothing, beside a published figure.
struct ExposureComparison: RealismComparison {
  private let published: Double
  private let limit: Double

  var files: [String] { [] }
  var needsScenario: Bool { true }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    published = try node.double("published", in: 0.0001...1)
    limit = try node.double("limit", in: 0...1)
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let rows = try task.forEachSeed { seed in
      let parts = try TracedOperation.steps(of: task.scenario!, seed: seed) { step, _, job in
        let passes = step.blocks.reduce(0) { $0 + $1.forward.reduce(0, +) + $1.backward.reduce(0, +) }
        let exposed = step.ranks.reduce(0) { $0 + $1.transfer }
        return exposed / (passes * Double(job.map.blockSize))
      }
      return [
        RealismRow(
          section: task.section, quantity: "exposed communication", published: published,
          simulated: parts.reduce(0, +) / Double(parts.count), limit: limit)
      ]
    }
    return RealismOutcome(rows: RealismRow.merged(rows))
  }
}
