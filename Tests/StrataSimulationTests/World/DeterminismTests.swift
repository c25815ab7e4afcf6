import Foundation
import StrataSimulation
import StrataTelemetry
import TestSupport
import Testing

@Suite struct DeterminismTests {
  private let scenario: Scenario = {
    var scenario = Scenario.small
    (scenario.duration, scenario.training) = (500, 100)
    scenario.workload.checkpoints = PeriodicPause(every: 200, duration: 10)
    scenario.workload.evaluations = PeriodicPause(every: 350, duration: 10)
    scenario.randomFaults = nil
    scenario.faults = [
      FaultSpecification(Scenario.card("F13"), at: 120, duration: 150, severity: 0.7),
      FaultSpecification(Scenario.card("F03"), at: 250, duration: 100, severity: 0.7),
      FaultSpecification(Scenario.card("M1"), at: 380, duration: 100, severity: 0.7),
    ]
    for i in scenario.faults.indices { scenario.faults[i].precursor = false }
    scenario.faults[2].onset = .exponential
    scenario.faults[2].ramp = 20
    return scenario
  }()

  private static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  @Test func sameSeedSameBitsOnAnyNumberOfThreads() throws {
    let one = try Simulator(scenario, seed: 4).simulate()
    let again = try Simulator(scenario, seed: 4).run()
    let two = try Simulator(scenario, seed: 4, threads: 2).simulate()
    let all = 0..<scenario.sampleCount
    #expect(one.run.bits(all) == again.bits(all))
    #expect(one.run.bits(all) == two.run.bits(all))
    #expect(one.run.labels == two.run.labels)
    #expect(one.run.provenance == two.run.provenance)
    #expect(one.injections.map(\.impact.onsets) == two.injections.map(\.impact.onsets))
  }

  @Test func streamedStoreHoldsTheSameBits() throws {
    let stored = try withTemporaryFolder { folder in
      try Simulator(scenario, seed: 4, threads: 2).write(to: "\(folder)/streamed.zarr")
      return try RunStore(opening: "\(folder)/streamed.zarr").read()
    }
    let run = try Simulator(scenario, seed: 4).run()
    #expect(stored.bits(0..<scenario.sampleCount) == run.bits(0..<scenario.sampleCount))
    #expect(stored.labels == run.labels && stored.split == run.split && stored.topology == run.topology)
    #expect(stored.provenance == run.provenance)
  }

  @Test func recordsHaveTheSameBytesOnAnyNumberOfThreads() throws {
    var scenario = scenario
    scenario.faults[2] = FaultSpecification(Scenario.card("F16"), at: 380, duration: 100, severity: 1)
    try withTemporaryFolder { folder in
      for threads in 1...2 {
        var outputs = SimulationOutputs()
        let place = "\(folder)/\(threads)"
        (outputs.openMetrics, outputs.megatronLog) = ("\(place).om", "\(place).log")
        (outputs.kernelLog, outputs.truth) = ("\(place).kern", "\(place).json")
        try Simulator(scenario, seed: 4, threads: threads).write(to: outputs)
      }
      for ending in ["om", "log", "kern", "json"] {
        let (one, two) = (try Self.bytes("\(folder)/1.\(ending)"), try Self.bytes("\(folder)/2.\(ending)"))
        #expect(one == two && !one.isEmpty, "\(ending)")
      }
    }
  }

  @Test func anotherSeedGivesAnotherRun() throws {
    let (a, b) = (try Simulator(scenario, seed: 4), try Simulator(scenario, seed: 5))
    #expect(a.run().bits(0..<50) != b.run().bits(0..<50))
    #expect(a.faults.map(\.culprits) != b.faults.map(\.culprits))
  }

  @Test(arguments: 0..<3) func replayWithoutAFaultDiffersOnlyAfterItsOnset(fault: Int) throws {
    let simulator = try Simulator(scenario, seed: 4)
    let (actual, without) = (simulator.run(), simulator.run(without: fault))
    let onset = Int(simulator.faults[fault].onset / scenario.interval)
    #expect(actual.bits(0..<onset) == without.bits(0..<onset))
    let after = onset..<min(onset + 60, scenario.sampleCount)
    #expect(actual.bits(after) != without.bits(after))
    #expect(
      without.labels.filter { !$0.isBenign }.count == actual.labels.filter { !$0.isBenign }.count
        - simulator.faults[fault].culprits.count)
  }

  @Test func announcedFaultDiffersFromItsPrecursorOn() throws {
    var scenario = scenario
    scenario.faults = [FaultSpecification(Scenario.card("F13"), at: 300, duration: 150, severity: 0.9)]
    scenario.faults[0].precursor = true
    scenario.faults[0].lead = 150
    let simulator = try Simulator(scenario, seed: 4)
    let start = try #require(simulator.faults[0].precursorStart)
    #expect(start == 150)
    let (actual, without) = (simulator.run(), simulator.run(without: 0))
    #expect(actual.bits(0..<150) == without.bits(0..<150))
    #expect(actual.bits(150..<300) != without.bits(150..<300))
  }

  @Test func askingForAnUnknownFaultStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Simulator(.small, seed: 1).run(without: 9)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("run(without:): there is no fault 9, only 3 faults"))
  }
}
