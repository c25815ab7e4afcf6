import StrataSimulation
import Testing

@Suite struct StepEngineTests {
  private let world: World
  private let engine: StepEngine
  private let scenario: Scenario
  private let devices: Range<Int>

  init() {
    scenario = Experiment.scenario(hosts: 8)
    world = World(scenario, seed: 3)
    engine = StepEngine(
      cluster: world.cluster, placement: world.placement, workload: scenario.workload, device: scenario.device,
      streams: world.streams)
    devices = world.cluster.devices.indices
  }

  private func step(
    _ kind: StepEngine.Kind = .training, speeds: [Double]? = nil, change: (inout Conditions) -> Void = { _ in }
  ) -> (record: StepRecord, routing: Routing) {
    var conditions = world.conditions(at: 0, faults: [])
    change(&conditions)
    var router = Router(scenario.workload, placement: world.placement, streams: world.streams)
    var noise = ComputeNoise(devices: devices.count, workload: scenario.workload)
    let routing = router.route(step: 0, conditions: conditions)
    let record = engine.run(
      kind, number: 0, speeds: speeds ?? devices.map { _ in 1 }, routing: routing, conditions: conditions,
      noise: &noise)
    return (record, routing)
  }

  @Test func everySecondOfEveryDeviceIsAccountedFor() {
    for phase in step().record.phases {
      for device in phase.devices {
        let total = device.work + device.wait + device.transfer + device.idle
        #expect((total - phase.duration).magnitude < 1e-9)
        #expect(min(device.work, device.wait, device.transfer, device.idle) >= 0)
      }
    }
  }

  @Test func bytesSentEqualBytesReceived() {
    let all = step { $0.preferences = [.init(expert: 5, layers: 0..<4, logit: 1.5)] }.record.devices
    func total(_ path: KeyPath<Occupancy, Double>) -> Double { all.reduce(0) { $0 + $1[keyPath: path] } }
    #expect((total(\.sent) / total(\.received) - 1).magnitude < 1e-12)
    #expect((total(\.linkSent) / total(\.linkReceived) - 1).magnitude < 1e-12)
    #expect(total(\.sent) > 0)
  }

  @Test func tokensAreConserved() {
    let routing = step().routing
    let perGroup = Double(
      scenario.workload.tokensPerDevice * scenario.workload.expertsPerToken * scenario.workload.expertParallel)
    for layer in 0..<scenario.workload.layers {
      for group in 0..<world.placement.groupCount {
        let tokens = (0..<scenario.workload.experts).map { routing.tokens(layer: layer, group: group, expert: $0) }
        #expect(tokens.reduce(0, +) == perGroup)
        #expect(tokens.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
      }
    }
  }

  @Test func slowDeviceWorksLongestAndWaitsLeast() {
    var speeds = devices.map { _ in 1.0 }
    speeds[21] = 0.8
    let all = step(speeds: speeds).record.devices
    #expect(all.indices.max { all[$0].work < all[$1].work } == 21)
    #expect(all.indices.min { all[$0].wait < all[$1].wait } == 21)
    // Its peers wait in every layer, the other group for the gradients only; both lose about the same time.
    let healthy = step().record.devices
    for peer in [20, 40] { #expect(all[peer].wait > healthy[peer].wait + 0.3) }
  }

  @Test func slowLinkTransfersLongestAndItsDeviceWaitsLeast() {
    let all = step { $0.bandwidth[13] = 0.4 }.record.devices
    #expect(all.indices.max { all[$0].transfer < all[$1].transfer } == 13)
    #expect(all.indices.max { all[$0].creditWait < all[$1].creditWait } == 13)
    // Among the devices of its host, which share data loading, it waits least by far.
    for peer in 8..<16 where peer != 13 { #expect(all[13].wait < all[peer].wait - 0.2) }
    #expect(all[13].sent == step().record.devices[13].sent)
  }

  /// A transfer that fits under computation costs nothing, and then abruptly does.
  @Test func overlapHidesASlowLinkUntilItDoesNot() {
    var scenario = scenario
    scenario.workload.overlap = 1
    let world = World(scenario, seed: 3)
    func duration(bandwidth: Double) -> Double {
      let engine = StepEngine(
        cluster: world.cluster, placement: world.placement, workload: scenario.workload, device: scenario.device,
        streams: world.streams)
      var conditions = world.conditions(at: 0, faults: [])
      conditions.bandwidth[13] = bandwidth
      var router = Router(scenario.workload, placement: world.placement, streams: world.streams)
      var noise = ComputeNoise(devices: devices.count, workload: scenario.workload)
      return engine.run(
        .evaluation, number: 0, speeds: devices.map { _ in 1 }, routing: router.route(step: 0, conditions: conditions),
        conditions: conditions, noise: &noise
      ).duration
    }
    let healthy = duration(bandwidth: 1)
    #expect((duration(bandwidth: 0.5) - healthy).magnitude < 1e-9)
    #expect(duration(bandwidth: 0.1) > healthy * 1.05)
  }

  @Test func evaluationIsForwardOnly() {
    let training = step().record
    let evaluation = step(.evaluation).record
    #expect(evaluation.phases.count == 1)
    #expect(training.phases.count == 2)
    let ratio = evaluation.devices[0].nominalWork / training.phases[0].devices[0].nominalWork
    #expect((ratio - 1.0 / 3).magnitude < 1e-9)
  }

  @Test func computeNoiseHasItsDeviationAndCorrelation() {
    var workload = Workload()
    workload.computeNoise = 0.02
    var noise = ComputeNoise(devices: 1, workload: workload)
    noise.begin(step: 0, streams: RandomStreams(seed: 1))
    let x = (0..<20_000).map { _ in noise.next(0) - 1 }
    let variance = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let covariance = zip(x, x.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
    #expect((variance.squareRoot() / 0.02 - 1).magnitude < 0.03)
    #expect((covariance / variance - 0.3).magnitude < 0.03)
  }
}
