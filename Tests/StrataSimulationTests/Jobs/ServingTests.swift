import StrataSimulation
import StrataTelemetry
import Testing

@Suite struct ServingTests {
  private static func run(
    rate: Double, total: Double = 400, fault: FaultSpecification? = nil
  ) -> (world: World, block: SignalBlock) {
    var scenario = Scenario(
      name: "serving", duration: total, interval: 1, training: 0, cluster: ClusterShape(hosts: 4))
    var workload = ServingWorkload()
    (workload.requestRate, workload.dailySwing) = (rate, 0)
    scenario.jobs = [JobSpecification(name: "chat", workload: .serving(workload))]
    if let fault { scenario.faults = [fault] }
    let world = World(scenario, seed: 7)
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: scenario.sampleCount)
    while state.sample < scenario.sampleCount {
      world.advance(&state, faults: fault == nil ? [] : [0], into: &block)
    }
    return (world, block)
  }

  private static func mean(_ block: SignalBlock, _ signal: JobSignal, _ samples: Range<Int> = 200..<400) -> Double {
    samples.reduce(0) { $0 + Double(block[$1, .job, 0, signal]) } / Double(samples.count)
  }

  @Test func answersWhatArrives() {
    let (world, block) = Self.run(rate: 15)
    #expect(world.serving[0].replicaCount == 2)
    // Two replicas with 15 requests per second each, in a steady state.
    #expect((27...33).contains(Self.mean(block, .requests)))
    #expect((0.015...1).contains(Self.mean(block, .firstTokenTime)))
    #expect((0.015...0.06).contains(Self.mean(block, .outputTokenTime)))
    // Little's law: what runs is what arrives times how long it takes.
    let running = Self.mean(block, .running)
    let tokens = Self.mean(block, .generatedTokens)
    #expect((running / (tokens * Self.mean(block, .outputTokenTime)) - 1).magnitude < 0.15)
    #expect(Self.mean(block, .waiting) < 5 && Self.mean(block, .cacheUsage) < 0.9)
  }

  @Test func moreRequestsTakeLonger() {
    let (calm, busy) = (Self.run(rate: 5).block, Self.run(rate: 40).block)
    for signal in [JobSignal.outputTokenTime, .running, .cacheUsage] {
      #expect(Self.mean(busy, signal) > 1.1 * Self.mean(calm, signal), "\(signal)")
    }
    #expect(Self.mean(busy, .firstTokenTime) > Self.mean(calm, .firstTokenTime))
  }

  @Test func answeringIsBoundByMemoryAndUnlikeTraining() {
    let block = Self.run(rate: 15).block
    let memory = block[300, .device, 3, DeviceSignal.memoryActive]
    let tensor = block[300, .device, 3, DeviceSignal.tensorActive]
    #expect(memory > 0.3 && tensor < 0.3)
    #expect(block[300, .device, 3, DeviceSignal.power] < 600)
  }

  @Test func slowDeviceSlowsItsReplica() {
    var fault = FaultSpecification(
      Scenario.card("F15"), entity: "c0/rack0/host0/gpu3", at: 100, duration: 300, severity: 1)
    fault.precursor = false
    let (healthy, slow) = (Self.run(rate: 15).block, Self.run(rate: 15, fault: fault).block)
    #expect(Self.mean(slow, .outputTokenTime) > 1.05 * Self.mean(healthy, .outputTokenTime))
    let (culprit, peer) = (slow[300, .device, 3, DeviceSignal.wait], slow[300, .device, 4, DeviceSignal.wait])
    #expect(culprit < peer)
  }

  @Test func replicaThatFailsComesBack() {
    var fault = FaultSpecification(
      Scenario.card("F18"), entity: "c0/rack0/host0/gpu3", at: 100, duration: 30, severity: 1)
    fault.precursor = false
    let block = Self.run(rate: 15, fault: fault).block
    #expect(block[399, .job, 0, JobSignal.restarts] >= 1)
    #expect(Self.mean(block, .waiting, 110..<200) > 100)
    #expect(Self.mean(block, .requests, 350..<400) > 25)
  }
}
