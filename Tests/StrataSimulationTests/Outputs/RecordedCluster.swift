import Foundation
import StrataSimulation
import StrataTelemetry
import TestSupport

/// A little cluster with faults of several outcomes, and the records of its run.
struct RecordedCluster {
  let folder = TemporaryFolder()
  let simulator: Simulator
  let outputs: SimulationOutputs
  let injections: [Simulation.Injection]

  /// Four hosts of four devices; two stages, and experts in groups of four.
  static func scenario(_ faults: String, sensors: String = "", duration: Int = 700) -> String {
    """
    name: recorded
    duration: \(duration)
    interval: 1
    training: 100
    cluster: {hosts: 4, devicesPerHost: 4}
    sensors: {\(sensors)}
    jobs:
      - name: train
        training:
          expertParallel: 4
          pipelineParallel: 2
          microBatches: 2
          layers: 4
          experts: 8
          watchdog: 60
          restart: 50
          checkpoints: {every: 150, duration: 8}
          evaluations: {every: 260, duration: 9}
    faults:
    \(faults)
    """
  }

  init(
    _ faults: String, sensors: String = "", duration: Int = 700, seed: UInt64 = 3, without: Set<Int> = [],
    capacity: Int = 300
  ) throws {
    let text = Self.scenario(faults, sensors: sensors, duration: duration)
    simulator = try Simulator(Scenario(parsing: text, source: "test"), seed: seed)
    var outputs = SimulationOutputs(store: folder("run.zarr"))
    (outputs.openMetrics, outputs.megatronLog) = (folder("run.om"), folder("train.log"))
    (outputs.kernelLog, outputs.flightRecorder) = (folder("kern.log"), folder("recorders"))
    (outputs.truth, outputs.flightRecorderCapacity) = (folder("truth.json"), capacity)
    self.outputs = outputs
    injections = try simulator.write(to: outputs, without: without)
  }

  var truth: RunTruth {
    get throws { try JSONDecoder().decode(RunTruth.self, from: folder.data(of: "truth.json")) }
  }
}

/// What a test reads of a dump.
struct RecorderDump: Decodable {
  struct Entry: Decodable {
    let processGroup: [String]
    let collectiveSeqId: Int
    let profilingName: String
    let state: String
    let timeCreatedNs: Int
    let timeDiscoveredStartedNs: Int
    let timeDiscoveredCompletedNs: Int
  }

  let entries: [Entry]
}

/// A line of the index of dumps.
struct DumpLine: Decodable {
  let folder: String
  let reason: String
  let job: String
  let time: Double
  let iteration: Int
  let missingRanks: [Int]
}
