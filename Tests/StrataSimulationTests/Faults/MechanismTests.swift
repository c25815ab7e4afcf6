import StrataSimulation
import StrataTelemetry
import Testing

/// What single cards do, where their signature does not say it: for how long, to whom, and to what not.
@Suite struct MechanismTests {
  private func plan(
    _ id: String, on cluster: TestCluster = .experts, seed: UInt64 = 1, change: (inout FaultSpecification) -> Void
  ) -> FaultInjection {
    var scenario = cluster.scenario
    var fault = FaultSpecification(Scenario.card(id), at: 300, duration: 60, severity: 1)
    fault.precursor = false
    change(&fault)
    scenario.faults = [fault]
    return World(scenario, seed: seed).plan.faults[0]
  }

  // MARK: F18

  /// Some devices report the Xid, all ranks end, and the job is what a diagnosis should name.
  @Test func badAccessIsReportedByOneToEightDevices() throws {
    let plans = (1...40).map { seed in plan("F18", seed: seed) { _ in } }
    #expect(plans.allSatisfy { $0.roots == ["c0/train"] })
    #expect(Set(plans.map(\.culprits.count)) == Set(1...8))
    #expect(plans.allSatisfy { $0.devices.count == $0.culprits.count })
    for variant in Scenario.card("F18").variants.map(\.name) {
      let experiment = Experiment.card("F18", severity: 0.5, variant: variant)
      func xids(_ devices: [Int]) -> Int {
        experiment.pairs(Instrument.named("DCGM_FI_DEV_XID_ERRORS")!, .init(devices: devices), experiment.samples)
          .count { $0.actual.contains { $0 > 0 } }
      }
      #expect(xids(experiment.culprit.devices) == experiment.fault.culprits.count, "\(variant)")
      #expect(xids(experiment.victim.devices) == 0, "\(variant)")
    }
  }

  @Test func badAccessEndsTheJobAtAnySeverity() {
    for variant in Scenario.card("F18").variants {
      let fault = plan("F18") { ($0.severity, $0.variant) = (0.05, variant.name) }
      #expect(fault.outcome == .crash && !fault.xids.isEmpty, "\(variant.name)")
    }
  }

  /// Profiling fields stay zero when the job has begun again and works.
  @Test func blankProfilingOutlastsTheRestart() throws {
    var scenario = TestCluster.experts.scenario
    (scenario.workload.restart, scenario.duration) = (60, 700)
    var fault = FaultSpecification(Scenario.card("F18"), at: 100, duration: 500, severity: 0.3)
    fault.variant = "memory-fault-and-blank-profiling"
    scenario.faults = [fault]
    let simulation = try Simulator(scenario, seed: 2).simulate()
    let injection = simulation.injections[0]
    #expect(injection.impact.repaired == nil)
    let restart = try #require(simulation.run.labels.first { $0.kind == "benign:restart" }).interval
    let working = restart.upperBound + 30..<590
    let all = simulation.run.topology.keys.filter { $0.last.hasPrefix("gpu") }
    for device in all {
      let active = simulation.run.readings("DCGM_FI_PROF_SM_ACTIVE", device)[working]
      let used = simulation.run.readings("DCGM_FI_DEV_GPU_UTIL", device)[working]
      #expect(used.allSatisfy { $0 > 80 })
      let isBlank = injection.fault.culprits.contains(device)
      #expect(active.allSatisfy { isBlank ? $0 == 0 : $0 > 0.3 }, "\(device)")
    }
  }
}
