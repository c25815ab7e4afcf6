import StrataSimulation
import StrataTelemetry
import Testing

/// What faults are measured to have done, against the replay without them.
@Suite struct ImpactTests {
  private func simulate(
    _ id: String, on cluster: TestCluster = .experts, severity: Double = 1, variant: String? = nil
  ) throws -> Simulation {
    var scenario = cluster.scenario
    scenario.duration = 260
    let card = Scenario.card(id)
    var fault = FaultSpecification(card, at: 60, duration: 180, severity: severity)
    switch card.unit {
    case .device, .nic, .rank, .sensor, .expert: fault.entity = Experiment.place
    case .host: fault.entity = Experiment.place.parent
    default: break
    }
    (fault.precursor, fault.variant) = (false, variant)
    scenario.faults = [fault]
    return try Simulator(scenario, seed: 8).simulate()
  }

  private func cluster(_ id: String) -> TestCluster {
    switch id {
    case "F23": .stages
    case "F31", "F33": .savingExperts
    case "M9": .biasedExperts
    default: .experts
    }
  }

  @Test(arguments: FaultCatalogue.standard.cards.map(\.id)) func everyStrongFaultHasAnImpactFromItsOnsetOn(id: String)
    throws
  {
    let injection = try simulate(id, on: cluster(id)).injections[0]
    let impact = injection.impact
    #expect(impact.hasImpact)
    #expect(impact.onsets.allSatisfy { (60..<260).contains($0.sample) })
    #expect(impact.onsets.map(\.sample) == impact.onsets.map(\.sample).sorted())
    #expect(impact.onsets.allSatisfy { Instrument.named($0.channel)?.layer == $0.layer })
    let culprits = Set(injection.fault.culprits)
    #expect(culprits.isDisjoint(with: impact.victims))
    for onset in impact.onsets where culprits.contains(onset.entity) { #expect(onset.role == .culprit) }
  }

  @Test func overheatingReachesAllDevicesAndLayers() throws {
    let injection = try simulate("F13").injections[0]
    let impact = injection.impact
    #expect((1.05...2).contains(impact.stepTimeRatio))
    #expect((0.03...0.5).contains(impact.lostProgress))
    let devices = impact.onsets.map(\.entity).filter { $0.last.hasPrefix("gpu") }
    #expect(Set(devices).count == 16)
    #expect(Set(impact.onsets.map(\.layer)) == Set(TelemetryLayer.allCases))
    #expect(impact.victims.filter { $0.last.hasPrefix("gpu") }.count == 15)
    func first(_ channel: String, _ role: FaultStage.Role) -> Int? {
      impact.onsets.first { $0.channel == channel && $0.role == role }?.sample
    }
    let order = [
      first("DCGM_FI_DEV_GPU_TEMP", .culprit), first("DCGM_FI_DEV_SM_CLOCK", .culprit),
      first("XPU_TIMER_MM_KERNEL_SECONDS", .culprit), first("XPU_TIMER_COLL_KERNEL_WAIT_SECONDS", .victim),
    ].compactMap { $0 }
    #expect(order.count == 4 && order == order.sorted() && order[0] < order[3])
  }

  /// A fault that is lost in the noise is marked, so that nobody is blamed for missing it. Its label stays.
  @Test(arguments: [("M1", 0.001), ("F13", 0.001), ("F01", 0.4), ("F34", 0.3)])
  func weakFaultIsMarkedToHaveNone(id: String, severity: Double) throws {
    let simulation = try simulate(id, severity: severity)
    let (injection, card) = (simulation.injections[0], Scenario.card(id))
    #expect(!injection.impact.hasImpact)
    #expect(injection.impact.victims.isEmpty && injection.impact.repaired == nil)
    #expect((injection.impact.stepTimeRatio - 1).magnitude < 0.002)
    let provenance = try #require(simulation.run.provenance["fault.0"])
    #expect(provenance.contains("\"hasImpact\":false"))
    #expect(simulation.run.labels[0].kind == card.name && simulation.run.labels[0].channels == card.channels)
  }

  @Test func labelNamesOnlyChannelsThatMoved() throws {
    let weak = try simulate("F13", severity: 0.05).run.labels[0]
    #expect(weak.channels == ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_MEMORY_TEMP"])
    #expect(try simulate("F13").run.labels[0].channels == Scenario.card("F13").channels)
  }

  /// A wrong reading is an effect on the series that is wrong and on nothing else.
  @Test(arguments: Scenario.card("F40").variants.map(\.name)) func telemetryDefectTouchesOnlyTheSensor(variant: String)
    throws
  {
    let injection = try simulate("F40", variant: variant).injections[0]
    #expect(injection.impact.hasImpact)
    #expect(injection.impact.stepTimeRatio == 1 && injection.impact.lostProgress == 0)
    #expect(injection.impact.onsets.allSatisfy { $0.role == .culprit || $0.entity == Experiment.place.parent })
  }
}
