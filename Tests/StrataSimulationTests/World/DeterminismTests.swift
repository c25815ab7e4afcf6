import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct DeterminismTests {
  private let scenario: Scenario = {
    var scenario = Scenario.small
    (scenario.duration, scenario.training) = (500, 100)
    scenario.checkpoints = PeriodicPause(every: 200, duration: 10)
    scenario.evaluations = PeriodicPause(every: 350, duration: 10)
    scenario.randomFaults = nil
    scenario.faults = [
      FaultSpecification(kind: .thermalThrottling, at: 120, duration: 150, severity: 0.7),
      FaultSpecification(kind: .degradedLink, at: 250, duration: 100, severity: 0.7),
      FaultSpecification(kind: .hotExpert, at: 380, duration: 100, severity: 0.7, onset: .exponential, ramp: 20),
    ]
    return scenario
  }()

  @Test func sameSeedSameBitsOnAnyNumberOfThreads() throws {
    let one = try Simulator(scenario, seed: 4).simulate()
    let again = try Simulator(scenario, seed: 4).run()
    let two = try Simulator(scenario, seed: 4, threads: 2).simulate()
    let all = 0..<scenario.sampleCount
    #expect(one.run.bits(all) == again.bits(all))
    #expect(one.run.bits(all) == two.run.bits(all))
    #expect(one.run.labels == two.run.labels)
    #expect(one.run.provenance == two.run.provenance)
    #expect(one.injections.map(\.impact) == two.injections.map(\.impact))
  }

  @Test func anotherSeedGivesAnotherRun() throws {
    let (a, b) = (try Simulator(scenario, seed: 4), try Simulator(scenario, seed: 5))
    #expect(a.run().bits(0..<50) != b.run().bits(0..<50))
    #expect(a.faults.map(\.culprits) != b.faults.map(\.culprits))
  }

  @Test(arguments: 0..<3) func replayWithoutAFaultDiffersOnlyAfterItsOnset(fault: Int) throws {
    let simulator = try Simulator(scenario, seed: 4)
    let actual = simulator.run()
    let without = simulator.run(without: fault)
    let onset = Int(simulator.faults[fault].onset / scenario.interval)
    #expect(actual.bits(0..<onset) == without.bits(0..<onset))
    let after = onset..<min(onset + 60, scenario.sampleCount)
    #expect(actual.bits(after) != without.bits(after))
    #expect(without.labels.filter { !$0.isBenign }.count == actual.labels.filter { !$0.isBenign }.count - 1)
  }

  /// The snapshot from which impacts are measured continues exactly as a replay from the beginning does.
  @Test func snapshotContinuesAsTheWholeReplay() {
    let world = World(scenario, seed: 4)
    let end = scenario.sampleCount
    let whole = Replay(world, from: world.initial, faults: [0, 1, 2], until: end)
    let others = Replay(world, from: world.initial, faults: [0, 2], until: end).table
    let continued = Replay(world, from: whole.snapshots[1]!, faults: [0, 2], until: end).table
    #expect(continued.samples.upperBound == end && continued.firstSample >= 250)
    for sample in continued.samples {
      for device in 0..<16 {
        for signal in Signal.allCases {
          // The sample that the snapshot interrupts has its beginning in the snapshot.
          #expect(continued[sample, device, signal] == others[sample, device, signal])
        }
      }
    }
  }

  @Test func askingForAnUnknownFaultStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Simulator(.small, seed: 1).run(without: 9)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("run(without:): there is no fault 9, only 3 faults"))
  }
}
