import StrataSimulation
import StrataTelemetry

/// A small cluster with one training job, run up to the moment at which faults are tried on it, and on without any.
///
/// Every experiment continues a copy of the same state, so that the fault-free course is computed once.
struct TestCluster: Sendable {
  let name: String
  let scenario: Scenario
  let start: WorldState
  let healthy: Readings

  /// When faults begin whose growth is their precursor, and all others.
  static let onset = 40.0
  static let lead = 200.0
  /// How long faults last.
  static let lasting = 300.0
  private static let fork = 20.0

  /// Four hosts of four devices under two groups of leaf switches: 16 ranks, each with one expert, no pipeline.
  static let experts = TestCluster("experts") { _ in }
  /// Eight hosts of four devices: two stages of two blocks, each of four positions with two ranks per tensor.
  static let pipelines = TestCluster("pipelines", hosts: 8, pipelined)
  /// As many hosts, but all experts of a layer within one host: exchanges of tokens use NVLink only.
  static let hostExperts = TestCluster("experts within hosts") { workload in
    workload.expertParallel = 4
    workload.bytesPerToken = 65_536
  }
  /// Four stages, one host each.
  static let stages = TestCluster("four stages") { workload in
    (workload.pipelineParallel, workload.expertParallel) = (4, 4)
    workload.microBatches = 4
  }
  /// So evenly loaded that a device a little slower than others shows.
  static let evenExperts = TestCluster("even experts", even)
  static let evenPipelines = TestCluster("even pipelines", hosts: 8) { workload in
    pipelined(&workload)
    even(&workload)
  }
  /// With checkpoints.
  static let savingExperts = TestCluster("experts with checkpoints", saving)
  static let savingPipelines = TestCluster("pipelines with checkpoints", hosts: 8) { workload in
    pipelined(&workload)
    saving(&workload)
  }
  /// With routers that a bias balances in quick steps.
  static let biasedExperts = TestCluster("experts with biases", biased)
  static let biasedPipelines = TestCluster("pipelines with biases", hosts: 8) { workload in
    pipelined(&workload)
    biased(&workload)
  }

  /// Hosts of eight devices with two experts each, on which exchanges just fit under work and experts take an eighth of
  /// it; ranks differ as by default.
  static let wideHosts = TestCluster("hosts of eight", devicesPerHost: 8) { workload in
    let usual = TrainingWorkload()
    (workload.experts, workload.expertParallel, workload.layers) = (64, 32, 4)
    (workload.denseSeconds, workload.expertSeconds) = (2.6, 0.4)
    (workload.bytesPerToken, workload.overlap) = (16_384, 0.2)
    (workload.computeNoise, workload.sequenceVariation) = (usual.computeNoise, usual.sequenceVariation)
    (workload.memoryInUse, workload.memoryPerLoad) = (usual.memoryInUse, usual.memoryPerLoad)
  }

  private static func pipelined(_ workload: inout TrainingWorkload) {
    (workload.tensorParallel, workload.pipelineParallel) = (2, 2)
    (workload.expertParallel, workload.expertsPerToken, workload.microBatches) = (4, 2, 4)
    (workload.layers, workload.bytesPerToken) = (16, 16_384)
  }

  private static func saving(_ workload: inout TrainingWorkload) {
    workload.checkpoints = PeriodicPause(every: 100, duration: 8)
  }

  private static func even(_ workload: inout TrainingWorkload) {
    (workload.router.concentration, workload.router.drift) = (5000, 0.01)
  }

  private static func biased(_ workload: inout TrainingWorkload) {
    (workload.router.biasUpdate, workload.router.balancingLoss) = (0.01, 0)
  }

  private init(
    _ name: String, hosts: Int = 4, devicesPerHost: Int = 4, _ change: (inout TrainingWorkload) -> Void
  ) {
    var scenario = Scenario(
      name: name, duration: Self.onset + Self.lead + Self.lasting, interval: 1, training: 10,
      cluster: ClusterShape(hosts: hosts, devicesPerHost: devicesPerHost, hostsPerRack: 2, hostsPerLeaf: hosts / 2))
    scenario.sensors = .none
    var workload = TrainingWorkload()
    (workload.layers, workload.experts, workload.expertParallel) = (4, 16, 16)
    (workload.denseSeconds, workload.expertSeconds, workload.optimizerSeconds) = (0.5, 0.5, 0.03)
    (workload.bytesPerToken, workload.denseGradientBytes, workload.expertGradientBytes) = (8192, 2e9, 1e9)
    (workload.watchdog, workload.restart) = (100, 300)
    // Ranks differ little, so that small faults show; there is memory for very uneven loads.
    (workload.computeNoise, workload.sequenceVariation) = (0.005, 0.01)
    (workload.router.concentration, workload.router.drift) = (400, 0.03)
    (workload.memoryInUse, workload.memoryPerLoad) = (45_000, 2000)
    change(&workload)
    scenario.workload = workload
    let world = World(scenario, seed: 11)
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: 0)
    while state.sample < Int(Self.fork) { world.advance(&state, faults: [], into: &block) }
    (self.name, self.scenario, start) = (name, scenario, state)
    healthy = Self.run(world, from: state, faults: [], until: scenario.sampleCount).readings
  }

  /// Continues the start with some faults, and reads what the exporters report.
  static func run(
    _ world: World, from start: WorldState, faults: [Int], until end: Int
  ) -> (readings: Readings, state: WorldState) {
    var state = start
    var block = SignalBlock(counts: world.entityCounts, firstSample: state.sample, reserving: end - state.sample)
    while state.sample < end { world.advance(&state, faults: faults, into: &block) }
    var sensors = SensorArray(world, threads: 1)
    return (Readings(sensors.read(block).layers, sensors.layout, firstSample: block.firstSample), state)
  }
}
