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
    // Traffic within hosts must bound something.
    case "F07", "F08", "F11": .hostExperts
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

  /// Stages that full severity does not reach in three minutes, and why.
  private static let unreached: [String: [FaultStage.Role]] = [
    // The loss without one of many experts rises by less than its noise.
    "M3": [.job]
  ]

  /// What a card says about the way of a fault is what the graph of each of its forms shows.
  @Test(arguments: FaultCatalogue.standard.cards.map(\.id)) func everyDeclaredStageIsReached(id: String) throws {
    let card = Scenario.card(id)
    for variant in card.variants.isEmpty ? [nil] : card.variants.map({ Optional($0.name) }) {
      let onsets = try simulate(id, on: cluster(id), variant: variant).injections[0].impact.onsets
      let declared = card.propagation.filter { !(Self.unreached[id] ?? []).contains($0.role) }
      let reached = declared.filter { stage in
        onsets.contains { $0.role == stage.role && $0.layer == stage.layer }
      }
      // A wrong reading is one of some layer.
      if id == "F40" {
        #expect(!reached.isEmpty, "\(variant ?? "")")
      } else {
        #expect(reached == declared, "\(variant ?? "")")
        let graph = PropagationGraph(onsets, stages: card.propagation)
        #expect(graph.edges.count == declared.count - 1)
        #expect(graph.edges.allSatisfy { !$0.from.isEmpty && !$0.to.isEmpty })
      }
    }
  }

  /// The series of what is at fault show the cause, whatever it is: a job with its routers and experts, a host with its
  /// devices.
  @Test func rootsShowTheCauseWithAllThatLiesBelowThem() throws {
    for id in ["F37", "M5", "M9"] {
      let onsets = try simulate(id, on: cluster(id)).injections[0].impact.onsets
      let own = onsets.filter { $0.entity == "c0/train" || $0.entity.isDescendant(of: "c0/train") }
      #expect(!own.isEmpty && own.allSatisfy { $0.role == .culprit })
      #expect(onsets.allSatisfy { $0.role != .job })
    }
    let host = try simulate("F35").injections[0].impact.onsets
    for onset in host {
      let isOwn = onset.entity == "c0/rack0/host1" || onset.entity.isDescendant(of: "c0/rack0/host1")
      #expect((onset.role == .culprit) == isOwn)
    }
  }

  /// Every channel that these cards name moves where the cause shows.
  @Test func channelsOfCardsMove() throws {
    for id in ["M5", "F36"] {
      let card = Scenario.card(id)
      let shown = try simulate(id).injections[0].impact.onsets
      for channel in card.channels {
        #expect(shown.contains { $0.channel == channel && $0.role == .culprit }, "\(id): \(channel)")
      }
    }
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

  /// Who is wrong when a reading is: the device that it is of, or the host whose exporter or clock it is.
  @Test(arguments: Scenario.card("F40").variants) func wrongReadingsLieInTheirSensor(variant: FaultVariant) throws {
    let fault = try simulate("F40", variant: variant.name).injections[0].fault
    let isOfHost = variant.effects.contains { $0.quantity.hasPrefix("host.") }
    #expect(fault.roots == [isOfHost ? Experiment.place.parent! : Experiment.place])
    #expect(fault.culprits == (isOfHost ? [] : [Experiment.place]))
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
