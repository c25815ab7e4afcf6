import StrataSimulation
import StrataTelemetry
import StrataTensor

/// The power of the hosts of a simulated training job as their meters report it, and when the job did what.
struct SimulatedPower: Sendable {
  let records: [PowerRecord]
  let phases: RunPhases

  /// The meter of a host.
  private static let channel = "ipmi_dcmi_power_consumption_watts"

  init(_ scenario: Scenario, seed: UInt64) throws {
    let simulator = try Simulator(scenario, seed: seed)
    let world = simulator.world
    var course = Course(world, faults: Array(simulator.faults.indices), comparing: false)
    var sensors = SensorArray(world, threads: 1)
    let layout = sensors.layout
    guard let layer = layout.layers.firstIndex(where: { $0.channels.contains { $0.name == Self.channel } }),
      let channel = layout.layers[layer].channels.firstIndex(where: { $0.name == Self.channel }),
      let job = world.training.first
    else { throw ExperimentError("\(scenario.name): no job trains, or hosts have no meter") }
    let entities = layout.layers[layer].entities
    let width = layout.layers[layer].channels.count
    var records = world.cluster.hosts.indices.map { PowerRecord(host: $0, times: [], watts: []) }
    let places = world.cluster.hosts.map { entities.firstIndex(of: $0)! }
    var steps: [Double] = []
    while let block = course.next() {
      for case .iteration(let iteration) in block.lines[job.index] where iteration.time >= 0 {
        steps.append(iteration.signals[.iterationTime])
      }
      let values = sensors.read(block.signals).layers[layer]
      values.withElements { values in
        for (row, sample) in block.signals.samples.enumerated() {
          for (host, place) in places.enumerated() {
            let watts = Double(values[(row * entities.count + place) * width + channel])
            if !watts.isNaN { records[host].append(time: Double(sample + 1) * scenario.interval, watts: watts) }
          }
        }
      }
    }
    self.records = records
    let state = course.state.training[job.index]
    phases = RunPhases(
      run: 0...scenario.duration,
      evaluations: state.interruptions.filter { $0.what == .evaluation && $0.start >= 0 }.map { $0.start...$0.end },
      steps: steps)
  }
}
