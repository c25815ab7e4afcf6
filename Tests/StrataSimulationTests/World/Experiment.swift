import StrataSimulation
import StrataTelemetry

/// A cluster with one fault and nothing else, beside its fault-free replay.
struct Experiment {
  let world: World
  let actual: SignalTable
  let healthy: SignalTable
  /// The last two minutes of the fault, in which its effects are fully there.
  let settled: Range<Int>

  var fault: FaultInjection { world.plan.faults[0] }

  /// A quiet job: no pauses, no benign episodes.
  static func scenario(hosts: Int, duration: Double = 600, interval: Double = 2) -> Scenario {
    var scenario = Scenario(
      name: "experiment", duration: duration, interval: interval, training: 60, cluster: ClusterShape(hosts: hosts))
    scenario.workload.layers = 8
    if hosts < 4 {
      scenario.workload.experts = 32
      scenario.workload.expertParallel = 16
    }
    return scenario
  }

  init(_ kind: FaultKind, entity: EntityPath = "c0/rack0/host1/gpu2", severity: Double, hosts: Int) {
    var scenario = Self.scenario(hosts: hosts)
    scenario.faults = [FaultSpecification(kind: kind, entity: entity, at: 120, duration: 420, severity: severity)]
    world = World(scenario, seed: 11)
    actual = Replay(world, from: world.initial, faults: [0], until: scenario.sampleCount).table
    healthy = Replay(world, from: world.initial, faults: [], until: scenario.sampleCount).table
    settled = 210..<270
  }

  /// The mean of a signal over the settled samples and some devices.
  func mean(_ signal: Signal, _ table: SignalTable, _ devices: [Int]) -> Double {
    var sum = 0.0
    for sample in settled { for device in devices { sum += Double(table[sample, device, signal]) } }
    return sum / Double(settled.count * devices.count)
  }

  /// How a signal differs from the fault-free replay on the culprits, relative to it.
  func culprit(_ signal: Signal) -> Double { change(signal, fault.ranks) }

  /// How a signal differs from the fault-free replay on all other devices, relative to it.
  func victims(_ signal: Signal) -> Double {
    change(signal, world.cluster.devices.indices.filter { !fault.ranks.contains($0) })
  }

  private func change(_ signal: Signal, _ devices: [Int]) -> Double {
    let before = mean(signal, healthy, devices)
    return (mean(signal, actual, devices) - before) / max(before.magnitude, 1e-9)
  }
}
