import StrataSimulation
import StrataTelemetry

/// Whether a classifier tells windows of measured from windows of simulated power.
struct ClassifierComparison: RealismComparison {
  private let runs: [MeasuredPower]
  /// Samples of a window.
  private let window: Int

  var files: [String] { runs.flatMap { [$0.power, $0.events] } }
  var needsScenario: Bool { true }

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    runs = try MeasuredPower.all(node)
    window = try node.int("window", in: 10...100_000)
  }

  func outcome(_ task: RealismTask) throws -> RealismOutcome {
    let measured = try runs.flatMap { run in
      let (records, phases) = try run.read(task)
      let levels = PowerLevels(records, phases: phases)
      let start = phases.evaluations[0].upperBound - levels.evaluationSpacing
      return samples(records, from: start, to: phases.run.upperBound)
    }
    let variants: [(name: String, features: Range<Int>)] = [
      ("all features", 0..<WindowFeatures.count), ("memory alone", WindowFeatures.memory),
    ]
    let areas = try task.forEachSeed { seed in
      let power = try SimulatedPower(task.scenario!, seed: seed)
      let simulated = samples(power.records, from: 0, to: task.scenario!.duration)
      return try variants.map { variant in
        try TwoSampleTest(
          measured.map { $0.selecting(variant.features) }, simulated.map { $0.selecting(variant.features) }
        ).areaUnderROC
      }
    }
    return RealismOutcome(
      rows: RealismRow.merged(
        areas.map { areas in
          zip(variants, areas).map { variant, area in
            RealismRow(
              section: task.section, quantity: "area under ROC from \(variant.name)", published: nil, simulated: area,
              limit: nil)
          }
        }))
  }

  private func samples(_ records: [PowerRecord], from start: Double, to end: Double) -> [TwoSampleTest.Sample] {
    records.flatMap { record in
      let watts = zip(record.times, record.watts).filter { (start...end).contains($0.0) }.map(\.1)
      return WindowFeatures.all(watts, length: window).map { TwoSampleTest.Sample(features: $0, group: record.host) }
    }
  }
}

extension TwoSampleTest.Sample {
  fileprivate func selecting(_ range: Range<Int>) -> TwoSampleTest.Sample {
    TwoSampleTest.Sample(features: Array(features[range]), group: group)
  }
}
