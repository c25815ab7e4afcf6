import StrataEvaluation
import StrataSimulation
import StrataTelemetry
import StrataTensor
import Testing

/// Whether telemetry from before a fault tells that the fault will come. It must not, unless the fault announces itself.
@Suite struct LeakageTests {
  /// A run as a classifier sees it.
  private struct Case {
    let features: [Double]
    let hasFault: Bool
  }

  private static let window = 240.0

  /// - Parameter arriving: Whether faults arrive by themselves, in about half of the runs, instead of being dealt out.
  private static func specification(
    _ card: String, precursors: Bool, arriving: Bool
  ) throws -> CorpusSpecification {
    let occurrence = arriving ? "arrivals: {rate: 60, acceleration: 1000}" : "perRun: [1, 1], free: 0.5, compound: 0"
    var specification = try CorpusSpecification(
      parsing: """
        name: leak
        runs: {train: 60, test: 80}
        duration: 900
        interval: 1
        training: 300
        topologies:
          - name: small
            cluster: {hosts: 2, devicesPerHost: 4}
            training: {expertParallel: 8, experts: 16, layers: 4}
        faults: {\(occurrence), severity: [0.8, 1], duration: [120, 200], telemetry: 0}
        """, source: "leak")
    specification.faults.weights = [card: 1]
    specification.faults.precursors = precursors
    return specification
  }

  /// Mean and deviation of every channel over the last minutes before the fault; for a run without one, before the fault
  /// of another run.
  private static func cases(_ runs: [CorpusRun], precursors: Bool) throws -> [Case] {
    let onsets = runs.compactMap { $0.scenario.faults.first?.at }
    var healthy = 0
    return try runs.map { run in
      var scenario = run.scenario
      let hasFault = !scenario.faults.isEmpty
      let onset = hasFault ? scenario.faults[0].at : onsets[healthy % onsets.count]
      if !hasFault { healthy += 1 }
      if hasFault && precursors { (scenario.faults[0].precursor, scenario.faults[0].lead) = (true, 150) }
      let simulator = try Simulator(scenario, seed: run.seed)
      return Case(features: features(simulator.world, until: Int(onset)), hasFault: hasFault)
    }
  }

  private static func features(_ world: World, until end: Int) -> [Double] {
    var course = Course(world, faults: Array(world.plan.faults.indices), comparing: false)
    var sensors = SensorArray(world, threads: 1)
    var sums: [[(count: Double, sum: Double, square: Double)]] = sensors.layout.layers.map {
      $0.channels.map { _ in (0, 0, 0) }
    }
    while course.state.sample < end, let block = course.next()?.signals {
      let readings = sensors.read(block)
      for (layer, values) in readings.layers.enumerated() {
        let shape = values.shape.dimensions
        values.withElements { elements in
          for (row, sample) in block.samples.enumerated() where sample < end && Double(sample) >= Double(end) - window {
            for place in 0..<shape[1] * shape[2] {
              let value = Double(elements[row * shape[1] * shape[2] + place])
              guard value.isFinite else { continue }
              let channel = place % shape[2]
              sums[layer][channel].count += 1
              sums[layer][channel].sum += value
              sums[layer][channel].square += value * value
            }
          }
        }
      }
    }
    return sums.flatMap { $0 }.flatMap { sum -> [Double] in
      let count = max(1, sum.count)
      let mean = sum.sum / count
      return [mean, max(0, sum.square / count - mean * mean).squareRoot(), sum.count]
    }
  }

  /// Scores of linear discriminant analysis with a diagonal covariance: fitted to one half, applied to the other.
  ///
  /// Reference: Bickel and Levina, "Some Theory for Fisher's Linear Discriminant Function, Naive Bayes", Bernoulli 2004.
  private static func scores(fitted training: [Case], on test: [Case]) -> [(score: Double, hasFault: Bool)] {
    let width = training[0].features.count
    func mean(_ cases: [Case], _ feature: Int) -> Double {
      cases.reduce(0) { $0 + $1.features[feature] } / Double(cases.count)
    }
    var weights = [Double](repeating: 0, count: width)
    var centres = weights
    for feature in 0..<width {
      let (yes, no) = (mean(training.filter(\.hasFault), feature), mean(training.filter { !$0.hasFault }, feature))
      let variance = training.reduce(0) { sum, own in
        let error = own.features[feature] - (own.hasFault ? yes : no)
        return sum + error * error / Double(training.count)
      }
      centres[feature] = (yes + no) / 2
      weights[feature] = variance > 1e-12 ? (yes - no) / variance : 0
    }
    return test.map { own in
      (own.features.indices.reduce(0) { $0 + weights[$1] * (own.features[$1] - centres[$1]) }, own.hasFault)
    }
  }

  /// The part of the pairs of a run with and one without that the scores order rightly.
  private static func areaUnderCurve(_ cases: [(score: Double, hasFault: Bool)]) -> Double {
    let (yes, no) = (cases.filter(\.hasFault), cases.filter { !$0.hasFault })
    guard !yes.isEmpty && !no.isEmpty else { return 0.5 }
    var sum = 0.0
    for one in yes { for other in no { sum += one.score > other.score ? 1 : one.score == other.score ? 0.5 : 0 } }
    return sum / Double(yes.count * no.count)
  }

  private static func interval(
    _ card: String, precursors: Bool, arriving: Bool = false
  ) throws -> BootstrapInterval {
    let generator = ScenarioGenerator(
      try specification(card, precursors: precursors, arriving: arriving), seed: 11)
    let scores = scores(
      fitted: try cases(generator.runs(of: .train), precursors: precursors),
      on: try cases(generator.runs(of: .test), precursors: precursors))
    var random = Generator(seed: 1)
    return bootstrapInterval(over: scores, confidence: 0.99, resamples: 2000, using: &random, of: areaUnderCurve)
  }

  @Test(arguments: ["F13", "F09", "M1"]) func whatIsNotAnnouncedCannotBeForeseen(card: String) throws {
    let interval = try Self.interval(card, precursors: false)
    #expect(interval.contains(0.5), "\(interval)")
  }

  /// Before the first fault of a run, that is: a fault does tell that its host may fail again.
  @Test(arguments: ["F13", "F09"]) func whatArrivesByItselfCannotBeForeseen(card: String) throws {
    let interval = try Self.interval(card, precursors: false, arriving: true)
    #expect(interval.contains(0.5), "\(interval)")
  }

  /// The same classifier sees a precursor, so that its blindness above means something.
  @Test(arguments: [("F03", false), ("F10", false), ("F03", true)])
  func whatIsAnnouncedCan(card: String, arriving: Bool) throws {
    let interval = try Self.interval(card, precursors: true, arriving: arriving)
    #expect(interval.lower > 0.55, "\(interval)")
  }
}
