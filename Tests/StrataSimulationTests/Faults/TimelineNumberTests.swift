import StrataSimulation
import Testing

/// The worked timelines of the reference in numbers. The reference estimates them, so ranges are wide; what is left out does
/// not agree.
@Suite struct TimelineNumberTests {
  private static let wait = "XPU_TIMER_COLL_KERNEL_WAIT_SECONDS"
  private static let transfer = "XPU_TIMER_COLL_KERNEL_TRANSFER_SECONDS"
  private static let power = "DCGM_FI_DEV_POWER_USAGE"
  private static let heat = "DCGM_FI_DEV_GPU_TEMP"
  private static let memoryHeat = "DCGM_FI_DEV_MEMORY_TEMP"
  private static let clock = "DCGM_FI_DEV_SM_CLOCK"
  private static let received = "node_infiniband_port_data_received_bytes_total"

  /// The mean of a channel with a fault, less that without, over some seconds after the onset.
  private func rise(_ twin: Experiment, _ channel: String, _ devices: [Int], _ seconds: Range<Int>) -> Double {
    let start = twin.samples.lowerBound
    let pairs = twin.pairs(
      Instrument.named(channel)!, .init(devices: devices), start + seconds.lowerBound..<start + seconds.upperBound)
    let differences = pairs.flatMap { zip($0.actual, $0.healthy).map { $0 - $1 } }
    return differences.reduce(0, +) / Double(differences.count)
  }

  /// Four lanes instead of sixteen, against bytes of all hosts 40 % down, tensor activity 30 % and power 25 %.
  @Test func fewerLanesSlowEveryone() {
    let twin = Experiment.card("F04", severity: 6 / 7)
    let everyone = Experiment.Subject(devices: twin.job.devices)
    #expect((0.2...0.6).contains(-twin.change(Self.received, everyone)))
    #expect((0.15...0.5).contains(-twin.change("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", everyone)))
    #expect((0.125...0.4).contains(-twin.change(Self.power, everyone)))
    #expect(twin.change("ethtool_transmitted_prio3_pause_total", twin.culprit) > 25)
  }

  /// Fans at 40 %, against a die 5 degrees warmer after 20 s and 18 after 90 s, memory 14 by then, slowdown after 3 to 6
  /// minutes from 1980 to 1500 MHz, work 1.3 times as long, and peers that draw 10 % less and cool by 2 to 4 degrees.
  @Test func slowFansWarmUpOverMinutes() throws {
    let twin = Experiment(Scenario.card("F35"), on: .wideHosts, severity: 0.6 / 0.95, ramp: 0)
    let own = twin.culprit.devices
    #expect((2.5...10).contains(rise(twin, Self.heat, own, 18..<23)))
    #expect((9...24).contains(rise(twin, Self.heat, own, 88..<93)))
    #expect((7...24).contains(rise(twin, Self.memoryHeat, own, 88..<93)))
    let violations = twin.pairs(Instrument.named("DCGM_FI_DEV_THERMAL_VIOLATION")!, twin.culprit, twin.samples)
    let first = try #require(violations.compactMap { $0.actual.firstIndex { $0 > 0 } }.min())
    #expect((80...360).contains(first))
    let slowest = own.map { rise(twin, Self.clock, [$0], 270..<300) }.min()!
    #expect((240...960).contains(-slowest))
    let work = own.map { twin.change("XPU_TIMER_MM_KERNEL_SECONDS", .init(devices: [$0])) }
    #expect((0.06...0.6).contains(work.max()!))
    // Of the devices of the host, the slowest waits less than before; everyone else waits for it.
    let last = own[work.indices.max { work[$0] < work[$1] }!]
    #expect(twin.change(Self.wait, .init(devices: [last])) < -0.2)
    #expect(twin.change(Self.wait, twin.victim) > 0.5)
    #expect((0.02...0.2).contains(-twin.change(Self.power, twin.victim)))
    #expect((1...8).contains(-rise(twin, Self.heat, twin.victim.devices, 270..<300)))
    #expect(twin.change("lm loss", .init(jobs: [0])).magnitude < 0.01)
  }

  /// An expert with 2.8 times the mean in every layer, against experts' work of its holder 95 % up, memory 9 %, received
  /// bytes 60 %, exposed transfers of 20 % instead of 3 %, and a step 17 % longer. Results return from elsewhere as before, so that what is received grows by half as
  /// much as tokens, over a longer step.
  @Test func hotExpertReceivesMoreInALongerStep() {
    let twin = Experiment(Scenario.card("M1"), on: .wideHosts, severity: 0.66, layers: 0..<4)
    let holder = Experiment.Subject(devices: twin.culprit.devices, jobs: [0])
    let violation = twin.means("moe/max_violation", twin.culprit).actual
    #expect((1.4...2.2).contains(violation))
    #expect((0.6...1.4).contains(twin.change("XPU_TIMER_GROUPED_GEMM_SECONDS", holder)))
    #expect((0.05...0.14).contains(twin.change("DCGM_FI_DEV_FB_USED", holder)))
    #expect((0.05...0.9).contains(twin.change(Self.received, holder)))
    #expect(twin.change(Self.received, twin.victim) < 0)
    #expect((0.08...0.34).contains(twin.change("iteration-time", holder)))
    #expect((0.45...4).contains(twin.change(Self.wait, twin.victim)))
    let (transfer, step) = (twin.means(Self.transfer, holder), twin.means("iteration-time", holder))
    #expect((0.005...0.06).contains(transfer.healthy / step.healthy))
    #expect((0.05...0.4).contains(transfer.actual / step.actual))
  }

  /// A corrupted gradient, against a local norm of 31, a common norm of 2.4, and a loss 0.04 higher in the next step that
  /// decays in 30 steps.
  @Test func corruptionShowsInTheLossOfTheNextStep() throws {
    let twin = Experiment.card("F24", severity: 0.3735)
    func series(_ channel: String, _ subject: Experiment.Subject) -> (actual: [Double], healthy: [Double]) {
      twin.pairs(Instrument.named(channel)!, subject, twin.samples)[0]
    }
    let (local, common) = (series("local-grad-norm", twin.culprit), series("grad-norm", twin.culprit))
    let loss = series("lm loss", twin.culprit)
    let corrupted = local.actual.indices.filter { local.actual[$0] > 5 * local.healthy[$0] }
    let first = try #require(corrupted.first)
    #expect((25...37).contains(local.actual[first] / local.healthy[first]))
    #expect((1.6...3.6).contains(common.actual[first] / common.healthy[first]))
    #expect(loss.actual[first] == loss.healthy[first])
    let next = try #require(local.actual.indices.first { $0 > first && !corrupted.contains($0) })
    #expect((0.02...0.08).contains(loss.actual[next] - loss.healthy[next]))
    #expect(corrupted.last! > first + 30)
  }
}
