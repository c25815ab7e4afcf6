import StrataSimulation
import Testing

/// Faults that look alike differ exactly where the reference says.
@Suite struct TwinTests {
  private static let wait = "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS"
  private static let grouped = "XPU_TIMER_GROUPED_GEMM_SECONDS"
  private static let tokens = "moe/tokens_per_expert_mean"
  private static let received = "node_infiniband_port_data_received_bytes_total"

  /// Both let the others wait; tokens rise with the one, time per token with the other.
  @Test(arguments: ["overheating", "locked-clock", "slow-silicon"]) func hotExpertAndSlowHolder(variant: String) {
    let (hot, slow) = (Experiment.card("M1"), Experiment.card("M7", variant: variant))
    for twin in [hot, slow] {
      #expect(twin.change(Self.wait, twin.victim) > 0.2)
      #expect(twin.change(Self.grouped, twin.culprit) > 0.05)
      #expect(twin.change("iteration-time", twin.culprit) > 0.02)
    }
    func timePerToken(_ twin: Experiment) -> Double {
      (1 + twin.change(Self.grouped, twin.culprit)) / (1 + twin.change(Self.tokens, twin.culprit)) - 1
    }
    #expect(hot.change(Self.tokens, hot.culprit) > 0.3)
    #expect(timePerToken(hot).magnitude < 0.02)
    #expect(slow.change(Self.tokens, slow.culprit).magnitude < 0.01)
    #expect(timePerToken(slow) > 0.05)
  }

  /// Both slow the exchanges; only a hot expert receives more than its peers.
  @Test func hotExpertAndCongestedExchanges() {
    let (hot, congested) = (Experiment.card("M1"), Experiment.card("M6"))
    let beside = congested.job.devices.filter { congested.world.cluster.host(of: $0) >= 2 }
    func excess(_ twin: Experiment, _ own: Experiment.Subject, _ others: Experiment.Subject) -> Double {
      (1 + twin.change(Self.received, own)) / (1 + twin.change(Self.received, others)) - 1
    }
    #expect(excess(hot, hot.culprit, hot.victim) > 0.1)
    #expect(excess(congested, congested.victim, .init(devices: beside)).magnitude < 0.02)
    #expect(hot.change(Self.tokens, hot.culprit) > 0.3)
    #expect(congested.change(Self.tokens, congested.victim).magnitude < 0.01)
    for twin in [hot, congested] { #expect(twin.change("iteration-time", twin.culprit) > 0.02) }
  }

  /// Both slow the clock; one is hot and says why, the other is cool and says nothing.
  @Test func overheatingAndLockedClock() {
    let (hot, locked) = (Experiment.card("F13"), Experiment.card("F15"))
    for twin in [hot, locked] {
      #expect(twin.change("DCGM_FI_DEV_SM_CLOCK", twin.culprit) < -0.05)
      #expect(twin.change("XPU_TIMER_MM_KERNEL_SECONDS", twin.culprit) > 0.05)
      #expect(twin.change(Self.wait, twin.culprit) < -0.2)
      #expect(twin.change(Self.wait, twin.victim) > 0.2)
    }
    #expect(hot.change("DCGM_FI_DEV_GPU_TEMP", hot.culprit) > 0.1)
    #expect(locked.change("DCGM_FI_DEV_GPU_TEMP", locked.culprit) < -0.05)
    #expect(hot.means("DCGM_FI_DEV_THERMAL_VIOLATION", hot.culprit).actual > 1e8)
    #expect(locked.means("DCGM_FI_DEV_THERMAL_VIOLATION", locked.culprit).actual == 0)
    #expect(hot.means("DCGM_FI_DEV_CLOCKS_EVENT_REASONS", hot.culprit).actual > 16)
    #expect(locked.means("DCGM_FI_DEV_CLOCKS_EVENT_REASONS", locked.culprit).actual == 0)
  }

  /// Both stop the job; one port is down, in the other case all are up and the culprit idles.
  @Test func deadPortAndAbsentRank() {
    let (dead, absent) = (Experiment.card("F01"), Experiment.card("F09"))
    for twin in [dead, absent] {
      #expect(twin.means("iterations", twin.culprit).actual == 0)
      #expect(twin.means("DCGM_FI_DEV_GPU_UTIL", twin.victim).actual > 99)
      #expect(twin.means(Self.received, twin.victim).actual == 0)
      #expect(twin.means("node_infiniband_state_id", twin.victim).actual == 4)
    }
    #expect(dead.means("node_infiniband_state_id", dead.culprit).actual == 1)
    #expect(absent.means("node_infiniband_state_id", absent.culprit).actual == 4)
    #expect(dead.means("DCGM_FI_DEV_GPU_UTIL", dead.culprit).actual > 99)
    #expect(absent.means("DCGM_FI_DEV_GPU_UTIL", absent.culprit).actual < 5)
    #expect(absent.means("DCGM_FI_DEV_POWER_USAGE", absent.culprit).actual < 130)
  }

  /// Both let the common gradient norm jump; before the reduction it is one replica's, or everyone's.
  @Test func corruptedDeviceAndBadBatch() {
    let corrupted = Experiment.card("F24", severity: 0.5)
    let bad = Experiment.card("F36", severity: 0.5)
    let (local, common) = (Instrument.named("local-grad-norm")!, Instrument.named("grad-norm")!)
    func jumps(_ twin: Experiment, _ devices: [Int]) -> [Double] {
      twin.pairs(local, .init(devices: devices), twin.samples).map { zip($0.actual, $0.healthy).map { $0 / $1 }.max()! }
    }
    for twin in [corrupted, bad] {
      let norms = twin.pairs(common, twin.culprit, twin.samples)[0]
      #expect(norms.actual.max()! > 2 * norms.healthy.max()!)
    }
    #expect(jumps(corrupted, corrupted.culprit.devices).max()! > 20)
    #expect(jumps(corrupted, corrupted.victim.devices).max()! < 1.5)
    #expect(jumps(bad, bad.job.devices).min()! > 2)
  }

  /// Both slow collectives; one port counts errors and lacks credit, or many lack credit and none counts errors.
  @Test func degradedLinkAndCongestedFabric() {
    let (link, fabric) = (Experiment.card("F03"), Experiment.card("F05"))
    let (credit, errors) = ("node_infiniband_port_transmit_wait_total", "node_infiniband_symbol_error_total")
    #expect(link.means(errors, link.culprit).actual > 1)
    #expect(fabric.means(errors, fabric.victim).actual < 0.1)
    #expect(link.change(credit, link.culprit) > 5 * max(0.1, link.change(credit, link.victim)))
    let slowed = fabric.fault.targets.leaves
    let below = fabric.job.devices.filter { slowed.contains(fabric.world.cluster.leaf(of: $0)) }
    #expect(below.count == 8)
    for device in below { #expect(fabric.change(credit, .init(devices: [device])) > 2) }
    for twin in [link, fabric] { #expect(twin.change("iteration-time", twin.culprit) > 0.01) }
  }

  /// Both make ranks slow; a foreign process always the same ones, uneven sequences others in every step.
  @Test func foreignProcessAndUnevenSequences() {
    let (foreign, uneven) = (Experiment.card("F20"), Experiment.card("F22"))
    let work = "XPU_TIMER_MM_KERNEL_SECONDS"
    #expect(foreign.change(work, foreign.culprit) > 0.1)
    #expect(foreign.change("DCGM_FI_DEV_FB_USED", foreign.culprit) > 0.05)
    for device in uneven.job.devices { #expect(uneven.change(work, .init(devices: [device])).magnitude < 0.03) }
    #expect(uneven.change(Self.wait, uneven.victim) > 0.2)
    #expect(uneven.change("DCGM_FI_DEV_FB_USED", uneven.victim).magnitude < 0.005)
  }
}
