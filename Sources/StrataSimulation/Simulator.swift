public import StrataTelemetry
import StrataTensor

/// Simulates the telemetry of a training cluster, with faults whose causes are known.
///
/// ```swift
/// let simulator = try Simulator(.demo, seed: 7)
/// let run = simulator.run()
/// let healthy = simulator.run(without: 0)  // the same noise, without the first fault
/// ```
/// The same scenario and seed give the same bits on any number of threads.
public struct Simulator: Sendable {
  /// What is simulated.
  public let scenario: Scenario
  /// What decides every random number.
  public let seed: UInt64
  /// How many threads measure impacts and read sensors.
  public let threads: Int
  package let world: World

  /// - Throws: ``ScenarioError`` when a value of the scenario is out of range or contradicts another.
  /// - Precondition: `threads` is positive.
  public init(_ scenario: Scenario, seed: UInt64, threads: Int = 1) throws(ScenarioError) {
    require(threads > 0, "Simulator: \(threads) threads")
    try scenario.validate()
    (self.scenario, self.seed, self.threads) = (scenario, seed, threads)
    world = World(scenario, seed: seed)
  }

  /// The faults of the run in the order of onset, with the places and times that the seed chose.
  public var faults: [FaultInjection] { world.plan.faults }
  /// The benign episodes of the run.
  public var episodes: [BenignEpisode] { world.plan.episodes }

  /// The telemetry of the scenario, with labels for faults and benign phases.
  ///
  /// - Complexity: O(devices · (time + steps · layers)); eight bytes per value.
  public func run() -> Run { simulate().run }

  /// The telemetry as it would have been without one fault: equal bit for bit until that fault begins.
  ///
  /// - Precondition: The fault is one of ``faults``.
  public func run(without fault: Int) -> Run {
    require(faults.indices.contains(fault), "run(without:): there is no fault \(fault), only \(faults.count) faults")
    return simulate(faults.indices.filter { $0 != fault }).run
  }

  /// The telemetry of the scenario and the measured impact of every fault.
  public func simulate() -> Simulation { simulate(Array(faults.indices)) }

  private func simulate(_ acting: [Int]) -> Simulation {
    let replay = Replay(world, from: world.initial, faults: acting, until: scenario.sampleCount)
    let impacts = parallelMap(count: acting.count, threads: threads) { i in
      impact(of: acting[i], among: acting, in: replay)
    }
    let injections = zip(acting, impacts).map { Simulation.Injection(fault: faults[$0], impact: $1) }
    let assembly = RunAssembly(world: world, seed: seed, threads: threads)
    return Simulation(run: assembly.run(replay, injections: injections), injections: injections)
  }

  /// Continues from the moment before a fault without it, until its effects have died down, and compares.
  private func impact(of fault: Int, among acting: [Int], in replay: Replay) -> FaultImpact {
    guard let snapshot = replay.snapshots[fault] else { return .none }
    let samples = faults[fault].samples(interval: scenario.interval, count: scenario.sampleCount)
    let end = min(scenario.sampleCount, samples.upperBound + Int(RandomFaults.recovery / scenario.interval))
    guard snapshot.sample < end else { return .none }
    let others = acting.filter { $0 != fault }
    let counterfactual = Replay(world, from: snapshot, faults: others, until: end)
    return FaultImpact(actual: replay.table, counterfactual: counterfactual.table, lasting: samples, world: world)
  }
}
