import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ImpactTests {
  private func simulate(_ kind: FaultKind, severity: Double) throws -> Simulation {
    var scenario = Experiment.scenario(hosts: 2, duration: 700)
    scenario.faults = [
      FaultSpecification(kind: kind, entity: "c0/rack0/host1/gpu2", at: 150, duration: 400, severity: severity)
    ]
    return try Simulator(scenario, seed: 8).simulate()
  }

  @Test(arguments: FaultKind.allCases) func strongFaultSlowsTheJobAndReachesEveryDevice(kind: FaultKind) throws {
    let injection = try simulate(kind, severity: 0.8).injections[0]
    let impact = injection.impact
    #expect((1.01...1.6).contains(impact.stepTimeRatio))
    #expect(impact.hasImpact)
    let onset = Int(150.0 / 2)
    #expect(impact.onsets.allSatisfy { $0.sample >= onset && $0.sample < 350 })
    #expect(impact.onsets.map(\.sample) == impact.onsets.map(\.sample).sorted())
    #expect(Set(impact.onsets.map(\.entity)).count == 16)
    #expect(Set(impact.onsets.map(\.layer)) == Set(TelemetryLayer.allCases))
    // The cause shows on the culprit before any wait shows on a victim.
    let culprit = injection.fault.culprits[0]
    let cause = impact.onsets.first { $0.entity == culprit && kind.channels.contains($0.channel) }
    let wait = impact.onsets.first { $0.entity != culprit && $0.channel == "nccl_collective_wait_seconds" }
    #expect(cause!.sample <= wait!.sample)
  }

  @Test func thermalFaultUnfoldsInOrder() throws {
    let injection = try simulate(.thermalThrottling, severity: 0.8).injections[0]
    func first(_ channel: String) -> Int {
      injection.impact.onsets.first { $0.channel == channel && $0.entity == injection.fault.culprits[0] }!.sample
    }
    let order = ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_SM_CLOCK", "step_work_seconds"].map(first)
    #expect(order == order.sorted())
    #expect(order[0] < order[2])
  }

  @Test func faultWithoutEffectIsMarked() throws {
    let simulation = try simulate(.hotExpert, severity: 0.001)
    #expect(!simulation.injections[0].impact.hasImpact)
    #expect((simulation.injections[0].impact.stepTimeRatio - 1).magnitude < 0.002)
    #expect(simulation.run.provenance["fault.0.impact"] == "none")
    // The label stays, with all channels of its kind.
    #expect(simulation.run.labels[0].channels == FaultKind.hotExpert.channels)
  }

  @Test func labelNamesOnlyChannelsThatMoved() throws {
    let label = try simulate(.thermalThrottling, severity: 0.05).run.labels[0]
    #expect(label.channels == ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_MEMORY_TEMP"])
    let strong = try simulate(.thermalThrottling, severity: 0.8).run.labels[0]
    #expect(strong.channels == FaultKind.thermalThrottling.channels)
  }
}
