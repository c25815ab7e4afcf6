import StrataTelemetry
import StrataTensor

/// A run as it unfolds, block by block, beside its replays without one fault each.
///
/// A replay begins with the block in which its fault does, as a copy of the state, and ends some time after the fault:
/// until the fault acts, copy and original are equal bit for bit.
package struct Course: Sendable {
  package let world: World
  /// The faults that act, by their place in the plan.
  package let faults: [Int]
  package private(set) var state: WorldState
  /// Replays that are under way, and what those that are over have found.
  private var replays: [Replay] = []
  private var finished: [Int: FaultComparison] = [:]
  private var baseline: SignalBaseline
  private let isComparing: Bool
  private let blockLength: Int
  private let threads: Int

  /// Some samples of the run.
  package struct Block: Sendable {
    package let signals: SignalBlock
    /// What the trainers logged meanwhile, per training job.
    package let lines: [[TrainingLine]]
    /// Faults that were repaired by its end, and when.
    package let repaired: [Int: Double]
  }

  /// A run without one of its faults.
  private struct Replay: Sendable {
    let fault: Int
    var state: WorldState
    var comparison: FaultComparison
    /// The sample at which comparing ends.
    let end: Int
  }

  /// Values that are held at once per kind of array: 256 MiB of single precision.
  private static let blockValues = 64 << 20
  private static let longestBlock = 60
  /// Seconds after a fault in which its effects die down.
  private static let recovery = 120.0

  /// - Parameter comparing: Whether the effects of each fault are measured, which takes as long again while it lasts.
  package init(_ world: World, faults: [Int], comparing: Bool = true, threads: Int = 1) {
    (self.world, self.faults, self.threads) = (world, faults, threads)
    state = world.initial
    isComparing = comparing && !faults.isEmpty
    baseline = SignalBaseline(counts: isComparing ? world.entityCounts : world.entityCounts.map { _ in 0 })
    let values = EntityKind.allCases.reduce(0) { $0 + world.entityCounts[$1.rawValue] * $1.signalCount }
    blockLength = max(1, min(Self.longestBlock, Self.blockValues / max(1, values)))
    var unused = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: 0)
    while state.sample < 0 { world.advance(&state, faults: faults, into: &unused) }
    for job in state.training.indices { state.training[job].lines = [] }
  }

  /// Runs on and returns the next samples; nil when the run is over.
  package mutating func next() -> Block? {
    let end = min(world.scenario.sampleCount, state.sample + blockLength)
    guard state.sample < end else { return nil }
    if isComparing { fork(before: end) }
    let tasks = replays.map { (state: $0.state, faults: faults.filter { [own = $0.fault] in $0 != own }) }
    let world = world
    let (own, all) = (state, faults)
    let courses = parallelMap(count: tasks.count + 1, threads: threads) { i in
      i == 0
        ? Self.run(world, from: own, faults: all, to: end)
        : Self.run(world, from: tasks[i - 1].state, faults: tasks[i - 1].faults, to: end)
    }
    state = courses[0].state
    let block = Block(signals: courses[0].block, lines: state.training.map(\.lines), repaired: state.repaired)
    for job in state.training.indices { state.training[job].lines = [] }
    for i in replays.indices {
      replays[i].state = courses[i + 1].state
      for job in state.training.indices { replays[i].state.training[job].lines = [] }
      replays[i].comparison.compare(block.signals, courses[i + 1].block)
      if end >= replays[i].end { finished[replays[i].fault] = replays[i].comparison }
    }
    replays.removeAll { finished[$0.fault] != nil }
    if isComparing { baseline.observe(block.signals, interval: world.scenario.interval) }
    return block
  }

  private static func run(
    _ world: World, from state: WorldState, faults: [Int], to end: Int
  ) -> (state: WorldState, block: SignalBlock) {
    var state = state
    var block = SignalBlock(counts: world.entityCounts, firstSample: state.sample, reserving: end - state.sample)
    while state.sample < end { world.advance(&state, faults: faults, into: &block) }
    return (state, block)
  }

  /// Begins the replays of the faults that begin before a sample.
  private mutating func fork(before end: Int) {
    let interval = world.scenario.interval
    let steps = state.jobs.map { $0.log[.iterationTime] }.filter(\.isFinite)
    for fault in faults {
      let injection = world.plan.faults[fault]
      let begin = Int(injection.begin / interval)
      guard begin >= state.sample && begin < end else { continue }
      let lasting = injection.samples(interval: interval, count: world.scenario.sampleCount)
      let comparison = FaultComparison(
        fault: injection, lasting: lasting, baseline: baseline, interval: interval, stepSeconds: steps.max() ?? interval
      )
      replays.append(
        Replay(
          fault: fault, state: state, comparison: comparison,
          end: min(world.scenario.sampleCount, lasting.upperBound + Int(Self.recovery / interval))))
    }
  }

  /// What every fault did.
  package func injections(_ layout: TelemetryLayout) -> [Simulation.Injection] {
    faults.map { fault in
      let injection = world.plan.faults[fault]
      guard let comparison = finished[fault] ?? replays.first(where: { $0.fault == fault })?.comparison else {
        return Simulation.Injection(fault: injection, impact: .none)
      }
      return Simulation.Injection(
        fault: injection,
        impact: FaultImpact(comparison, of: injection, in: layout, repaired: state.repaired[fault]))
    }
  }
}
