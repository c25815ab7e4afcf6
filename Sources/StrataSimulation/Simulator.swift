public import StrataTelemetry
import StrataTensor

/// Simulates the telemetry of a cluster that trains and serves, with faults whose causes are known.
///
/// ```swift
/// let simulator = try Simulator(.demo, seed: 7)
/// let run = simulator.run()
/// let healthy = simulator.run(without: 0)  // the same noise, without the first fault
/// try simulator.write(to: "cluster.zarr")  // the same run, in bounded memory
/// ```
/// The same scenario and seed give the same bits on any number of threads.
public struct Simulator: Sendable {
  /// What is simulated.
  public let scenario: Scenario
  /// What decides every random number.
  public let seed: UInt64
  /// How many threads measure impacts and read sensors.
  public let threads: Int
  package let world: World

  /// - Throws: ``ScenarioError`` when a value of the scenario is out of range or contradicts another.
  /// - Precondition: `threads` is positive.
  public init(_ scenario: Scenario, seed: UInt64, threads: Int = 1) throws(ScenarioError) {
    require(threads > 0, "Simulator: \(threads) threads")
    try scenario.validate()
    (self.scenario, self.seed, self.threads) = (scenario, seed, threads)
    world = World(scenario, seed: seed)
  }

  /// The faults of the run in the order of onset, with the places and times that the seed chose.
  public var faults: [FaultInjection] { world.plan.faults }
  /// The benign episodes of the run.
  public var episodes: [BenignEpisode] { world.plan.episodes }

  /// The telemetry of the scenario, with labels for faults and benign phases.
  ///
  /// - Complexity: O(devices · (time + steps · layers)); four bytes per value.
  public func run() -> Run { simulate().run }

  /// The telemetry as it would have been without one fault: equal bit for bit until that fault begins.
  ///
  /// - Precondition: The fault is one of ``faults``.
  public func run(without fault: Int) -> Run {
    require(faults.indices.contains(fault), "run(without:): there is no fault \(fault), only \(faults.count) faults")
    return simulate(faults.indices.filter { $0 != fault }).run
  }

  /// The telemetry of the scenario and the measured impact of every fault.
  public func simulate() -> Simulation { simulate(Array(faults.indices)) }

  private func simulate(_ acting: [Int]) -> Simulation {
    var parts: [[NDArray]] = []
    let (injections, metadata) = stream(acting) { parts.append($0) }
    let layers = metadata.layers.enumerated().map { i, layer in
      let shape: Shape = [scenario.sampleCount, layer.entities.count, layer.channels.count]
      let values = NDArray(shape) { elements in
        var first = 0
        for part in parts {
          part[i].withElements { source in
            for j in source.indices { elements[first + j] = source[j] }
            first += source.count
          }
        }
      }
      return LayerSeries(layer: layer.layer, entities: layer.entities, channels: layer.channels, values: values)
    }
    let run = Run(
      name: metadata.name, start: metadata.start, interval: metadata.interval, sampleCount: scenario.sampleCount,
      layers: layers, labels: metadata.labels, split: metadata.split, topology: metadata.topology,
      provenance: metadata.provenance)
    return Simulation(run: run, injections: injections)
  }

  private func stream(
    _ acting: [Int], receive: ([NDArray]) -> Void
  ) -> (injections: [Simulation.Injection], metadata: RunMetadata) {
    var course = Course(world, faults: acting, threads: threads)
    var sensors = SensorArray(world, threads: threads)
    while let block = course.next() { receive(sensors.read(block.signals).layers) }
    let injections = course.injections(sensors.layout)
    let description = RunDescription(world: world, seed: seed, layout: sensors.layout)
    var metadata = description.metadata
    metadata.labels = description.labels(injections, course.state)
    metadata.split = description.split
    metadata.provenance = description.provenance(injections, acting: acting)
    return (injections, metadata)
  }
}
