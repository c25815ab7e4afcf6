import StrataSimulation
import StrataTelemetry
import Testing

/// The five worked timelines of the reference: which series shows an effect after which, as measured against the replay.
@Suite struct TimelineTests {
  /// A step of a timeline: the first of some channels to show an effect on those with a role.
  typealias Stage = (role: FaultStage.Role, channels: [String])

  private static let wait = "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS"
  private static let work = "XPU_TIMER_MM_KERNEL_SECONDS"
  private static let power = "DCGM_FI_DEV_POWER_USAGE"

  /// Runs a fault at full severity on a test cluster and measures what it does.
  private func simulate(
    _ id: String, severity: Double = 1, duration: Double = 400, lead: Double? = nil, interval: Double = 1,
    seed: UInt64 = 11
  ) throws -> (injection: Simulation.Injection, state: WorldState) {
    var scenario = TestCluster.experts.scenario
    let at = 100 + (lead ?? 0)
    (scenario.interval, scenario.duration) = (interval, at + duration + 60)
    let card = Scenario.card(id)
    var fault = FaultSpecification(
      card, entity: card.unit == .host ? Experiment.place.parent : Experiment.place, at: at, duration: duration,
      severity: severity)
    (fault.precursor, fault.lead) = (lead != nil, lead)
    fault.ramp = card.onset == .step ? nil : 60
    scenario.faults = [fault]
    let world = World(scenario, seed: seed)
    var course = Course(world, faults: [0])
    while course.next() != nil {}
    return (course.injections(TelemetryLayout(world))[0], course.state)
  }

  /// When a stage begins; nil when it does not.
  private func first(_ stage: Stage, _ impact: FaultImpact) -> Int? {
    impact.onsets.first { $0.role == stage.role && stage.channels.contains($0.channel) }?.sample
  }

  private func expectOrder(_ stages: [Stage], _ injection: Simulation.Injection) throws {
    var before = 0
    for stage in stages {
      let sample = try #require(first(stage, injection.impact), "\(stage) shows nothing")
      #expect(sample >= before, "\(stage) at \(sample), after \(before)")
      before = max(before, sample)
    }
  }

  /// The lane width falls, the port's buffers fill and it pauses its peers, they lack credit, collectives lengthen, and
  /// everyone computes and draws less.
  @Test func fewerLanesPauseThePeers() throws {
    let injection = try simulate("F04").injection
    try expectOrder(
      [
        (.culprit, ["DCGM_FI_DEV_PCIE_LINK_WIDTH"]),
        (.culprit, ["ethtool_transmitted_prio3_pause_total", "node_infiniband_out_of_buffer_drops_total"]),
        (.victim, [Self.wait]), (.victim, ["node_infiniband_port_data_received_bytes_total"]), (.victim, [Self.power]),
      ], injection)
    let bytes = injection.impact.onsets.filter { $0.channel == "node_infiniband_port_data_received_bytes_total" }
    #expect(Set(bytes.map(\.entity)).count == 16)
    #expect(first((.job, ["iteration-time"]), injection.impact) != nil)
    #expect(injection.impact.stepTimeRatio > 1.05)
  }

  /// The fans slow, the dies warm up before the memory trips slowdown, the clock falls and with it the work; the peers
  /// wait, draw less and cool. The loss knows nothing of it.
  @Test func slowFansEndInSlowdown() throws {
    let injection = try simulate("F35").injection
    try expectOrder(
      [
        (.culprit, ["node_hwmon_fan_rpm"]), (.culprit, ["DCGM_FI_DEV_GPU_TEMP"]),
        (.culprit, ["DCGM_FI_DEV_THERMAL_VIOLATION"]), (.culprit, ["DCGM_FI_DEV_SM_CLOCK"]), (.culprit, [Self.work]),
        (.victim, [Self.wait]), (.victim, [Self.power]), (.victim, ["DCGM_FI_DEV_GPU_TEMP"]),
      ], injection)
    let fan = try #require(first((.culprit, ["node_hwmon_fan_rpm"]), injection.impact))
    let slowdown = try #require(first((.culprit, ["DCGM_FI_DEV_THERMAL_VIOLATION"]), injection.impact))
    #expect((30...360).contains(slowdown - fan))
  }

  /// Corrected errors come in bursts for long; then one cannot be corrected, the driver reports it, the process dies, the
  /// job restarts, and another device stands in its place.
  @Test func correctedErrorsPrecedeTheOneThatKills() throws {
    let (injection, state) = try simulate("F27", duration: 900, lead: 7200, interval: 5)
    try expectOrder(
      [
        (.culprit, ["DCGM_FI_DEV_ECC_SBE_VOL_TOTAL"]), (.culprit, ["DCGM_FI_DEV_ECC_DBE_VOL_TOTAL"]),
        (.victim, ["DCGM_FI_DEV_GPU_UTIL"]),
      ], injection)
    let onset = Int(injection.fault.onset / 5)
    let corrected = try #require(first((.culprit, ["DCGM_FI_DEV_ECC_SBE_VOL_TOTAL"]), injection.impact))
    #expect(corrected < onset)
    #expect(first((.culprit, ["DCGM_FI_DEV_ECC_DBE_VOL_TOTAL"]), injection.impact) == onset)
    let restarted = try #require(first((.job, ["restarts"]), injection.impact))
    #expect(restarted > onset + 10)
    let repaired = try #require(injection.impact.repaired)
    #expect(repaired > injection.fault.onset && repaired < injection.fault.end)
    #expect(state.devices.map(\.generation) == (0..<16).map { $0 == 6 ? 1 : 0 })
  }

  /// Tokens rise on one expert, its holder computes, receives and draws more and needs more memory, everyone else waits
  /// and steps become longer. No error counter moves.
  @Test func hotExpertSlowsTheStep() throws {
    let injection = try simulate("M1", severity: 0.75).injection
    try expectOrder(
      [
        (.culprit, ["moe/tokens", "moe/tokens_per_expert_mean", "moe/tokens_per_expert_max"]),
        (.culprit, ["XPU_TIMER_GROUPED_GEMM_SECONDS"]), (.victim, [Self.wait]),
        (.job, ["iteration-time"]),
      ], injection)
    for channel in ["DCGM_FI_DEV_FB_USED", "node_infiniband_port_data_received_bytes_total", Self.power] {
      #expect(first((.culprit, [channel]), injection.impact) != nil, "\(channel)")
    }
    for channel in ["moe/max_violation", "load_balancing_loss"] {
      #expect(first((.job, [channel]), injection.impact) != nil, "\(channel)")
    }
    let errors = Instrument.all.filter { $0.channel.meaning == .error && $0.kind != .job }.map(\.channel.name)
    #expect(injection.impact.onsets.allSatisfy { !errors.contains($0.channel) })
    #expect((1.05...2).contains(injection.impact.stepTimeRatio))
  }

  /// The norm of one replica jumps, then that of all, and the loss rises for a while; it happens again on the same device.
  /// Nothing else moves.
  @Test func corruptionRecursOnOneReplica() throws {
    let injection = try simulate("F24", severity: 0.5, duration: 600).injection
    try expectOrder([(.culprit, ["local-grad-norm"]), (.job, ["grad-norm"]), (.job, ["lm loss"])], injection)
    #expect(injection.impact.onsets.allSatisfy { $0.layer == .application })
    #expect(!injection.impact.onsets.contains { $0.role == .victim })
    let twin = Experiment.card("F24", severity: 0.5)
    let norms = twin.pairs(Instrument.named("local-grad-norm")!, twin.culprit, twin.samples)[0]
    let jumps = zip(norms.actual, norms.healthy).map { $0 > 5 * $1 }
    let beginnings = zip(jumps, jumps.dropFirst()).filter { !$0 && $1 }
    #expect(beginnings.count >= 2)
  }
}
