import StrataSimulation
import Testing

/// Exchanges of tokens that hide under work, and faults that hide with them.
///
/// The profile is that of DeepSeek-V3 as its authors published it: 64 H800 share 256 experts, and a layer's 10.4 ms of
/// computing per micro-batch meet 3.9 ms of dispatch and 6.1 ms of combine.
@Suite struct OverlapTests {
  private static let layers = 4
  private static let microBatches = 2
  private static let computing = 0.0104
  private static let exchange = 0.0039 + 0.0061
  private static let ranks = 64

  private static let workload: TrainingWorkload = {
    var workload = TrainingWorkload()
    (workload.layers, workload.experts, workload.expertsPerToken) = (layers, 256, 8)
    (workload.expertParallel, workload.microBatches) = (ranks, microBatches)
    workload.tokensPerDevice = 4096 * microBatches
    // As much goes forward as backward, so that each pass hides its own exchanges.
    workload.forwardShare = 0.5
    let passes = Double(2 * layers * microBatches)
    (workload.denseSeconds, workload.expertSeconds) = (0.6 * computing * passes, 0.4 * computing * passes)
    (workload.optimizerSeconds, workload.denseGradientBytes, workload.expertGradientBytes) = (0, 0, 0)
    (workload.computeNoise, workload.overlap) = (0, 1)
    // Seven of eight bytes leave the host; two equally long exchanges take as long as dispatch and combine.
    let latency = DeviceSpecification.h800.collectiveLatency
    let bytes = (exchange / 2 - latency) * DeviceSpecification.h800.linkBandwidth * 8 / 7
    workload.bytesPerToken = bytes / Double(4096 * 8)
    (workload.router.concentration, workload.router.drift) = (1e6, 0)
    return workload
  }()

  /// A step in which every all-to-all takes longer by a factor.
  private func step(slowdown: Double) -> (seconds: Double, exposed: Double) {
    let (workload, map) = (Self.workload, Self.workload.map(devices: Self.ranks))
    let engine = StepEngine(
      map: map, workload: workload, specification: .h800, hosts: (0..<Self.ranks).map { $0 / 8 })
    let shape = RouterShape(
      layers: workload.layers, experts: workload.experts, groups: 1,
      pairsPerGroup: workload.pairsPerDevice * Double(Self.ranks))
    var router = Router(shape, workload.router, job: 0, streams: RandomStreams(seed: 1))
    var resources = RankResources()
    (resources.port, resources.nvlink) = (42.5e9, 160e9)
    resources.expertPort = 42.5e9 / slowdown
    var noise = ComputeNoise(ranks: Self.ranks, workload: workload)
    noise.begin(step: 0, job: 0, streams: RandomStreams(seed: 1))
    let inputs = StepEngine.Inputs(
      kind: .training, number: 0, resources: [RankResources](repeating: resources, count: Self.ranks),
      loading: [Double](repeating: 0, count: Self.ranks),
      costs: [Double](repeating: 1, count: map.positions * workload.microBatches),
      routing: router.route(step: 0, conditions: JobConditions()))
    let step = engine.run(inputs, noise: &noise)
    return (step.duration, step.ranks.reduce(0) { $0 + $1.transfer } / Double(Self.ranks))
  }

  @Test func balancedLayerExposesThreeToFourPercent() {
    let step = step(slowdown: 1)
    #expect((0.03...0.04).contains(step.exposed / step.seconds))
    let computing = Self.computing * Double(2 * Self.layers * Self.microBatches)
    #expect((1.03...1.06).contains(step.seconds / computing))
  }

  @Test(arguments: [1.01, 1.03, 1.05]) func slightlySlowerExchangesStayHidden(slowdown: Double) {
    let (healthy, slower) = (step(slowdown: 1), step(slowdown: slowdown))
    #expect((0..<0.005).contains(slower.seconds / healthy.seconds - 1))
  }

  @Test func muchSlowerExchangesShow() {
    let healthy = step(slowdown: 1).seconds
    #expect(step(slowdown: 1.2).seconds > 1.03 * healthy)
    #expect(step(slowdown: 1.5).seconds > 1.2 * healthy)
  }
}
