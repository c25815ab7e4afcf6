import StrataSimulation
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct SensorTests {
  private static func run(_ change: (inout Scenario) -> Void) -> Run {
    var scenario = Experiment.scenario(hosts: 1, duration: 1200, interval: 1)
    scenario.workload.expertParallel = 8
    change(&scenario)
    do { return try Simulator(scenario, seed: 2).run() } catch { fatalError("\(error)") }
  }

  @Test func instrumentsStandInTheOrderOfSignals() {
    #expect(Instrument.all.map(\.signal) == Signal.allCases)
    #expect(Set(Instrument.all.map(\.channel.name)).count == Instrument.all.count)
  }

  @Test func everyDeviceReportsInAllFourLayers() {
    let run = Self.run { _ in }
    #expect(run.layers.map(\.layer) == TelemetryLayer.allCases)
    for layer in run.layers {
      #expect(layer.entities == run.entities && layer.entities.count == 8)
      #expect(layer.channels.count >= 5)
    }
    #expect(run.time(of: 0) == Experiment.scenario(hosts: 1).start + 1)
    #expect(run.split == RunSplit(trainingEnd: 60))
  }

  @Test func readingsAreMultiplesOfTheirQuantum() {
    let run = Self.run { _ in }
    let quanta =
      [
        ("DCGM_FI_DEV_GPU_TEMP", 1), ("DCGM_FI_DEV_MEMORY_TEMP", 1), ("DCGM_FI_DEV_SM_CLOCK", 15),
        ("DCGM_FI_DEV_GPU_UTIL", 1), ("DCGM_FI_DEV_FB_USED", 2), ("DCGM_FI_DEV_THERMAL_VIOLATION", 1),
      ] as [(String, Float)]
    for (name, quantum) in quanta {
      let readings = run.readings(name, run.entities[3]).filter { !$0.isNaN }
      #expect(readings.allSatisfy { $0.truncatingRemainder(dividingBy: quantum) == 0 }, "\(name)")
    }
    #expect(run.readings("DCGM_FI_DEV_GPU_UTIL", run.entities[0]).allSatisfy { !($0 > 100) })
    for layer in run.layers { #expect(layer.values.elements.allSatisfy { !($0 < 0) && !$0.isInfinite }) }
  }

  @Test func exactSensorsReadWhatThereIs() {
    var scenario = Experiment.scenario(hosts: 1)
    scenario.workload.expertParallel = 8
    scenario.sensors = .none
    let world = World(scenario, seed: 2)
    let table = Replay(world, from: world.initial, faults: [], until: scenario.sampleCount).table
    let sensors = SensorArray(.none, interval: scenario.interval, streams: world.streams)
    let readings = sensors.readings(of: 2, layer: .data, from: table)
    for sample in table.samples { #expect(readings[sample * 9] == table[sample, 2, .transmitted]) }
    #expect(readings.allSatisfy { !$0.isNaN })
  }

  @Test func missingSamplesComeInRunsOfTheirRateAndLength() {
    let run = Self.run {
      $0.sensors.missing = 0.05; $0.sensors.missingRun = 4
    }
    var (missing, runs, total) = (0, 0, 0)
    for layer in run.layers {
      for entity in layer.entities.indices {
        let gone = layer.series(entity: entity, channel: 0).map(\.isNaN)
        // A scrape fails as a whole.
        for channel in layer.channels.indices {
          #expect(layer.series(entity: entity, channel: channel).map(\.isNaN) == gone)
        }
        total += gone.count
        missing += gone.count { $0 }
        runs += zip(gone, gone.dropFirst()).count { !$0 && $1 }
      }
    }
    let share = Double(missing) / Double(total)
    #expect((0.035...0.065).contains(share))
    #expect((3...5).contains(Double(missing) / Double(runs)))
  }

  @Test func countersRiseExceptWhenTheyRestart() {
    let change: (inout Scenario) -> Void = {
      $0.sensors.missing = 0
      $0.sensors.counterResetsPerDay = 300
      $0.faults = [
        FaultSpecification(
          kind: .degradedLink, entity: "c0/rack0/host0/gpu1", at: 100, duration: 1000, severity: 0.8)
      ]
      // Over several hosts, so that the link is used.
      $0.cluster.hosts = 2
      $0.workload.expertParallel = 16
      $0.workload.experts = 32
    }
    let readings = Self.run(change).readings("node_infiniband_symbol_error_total", "c0/rack0/host0/gpu1")
    let falls = zip(readings, readings.dropFirst()).filter { $0 > $1 }
    #expect((1...12).contains(falls.count))
    // After a restart the counter holds the increase of one sample.
    #expect(falls.allSatisfy { $0.1 < 60 })
    #expect(readings.max()! > 200)
    #expect(readings.allSatisfy { $0 == $0.rounded() && $0 < 16_777_216 })
  }

  @Test func counterWrapsBelowWhatAFloatHoldsExactly() {
    // Five seconds of throttling per sample add 5000 ms; wrapping needs 3356 of them.
    var scenario = Experiment.scenario(hosts: 1, duration: 20_000, interval: 5)
    scenario.workload.expertParallel = 8
    scenario.workload.layers = 1
    scenario.sensors = .none
    scenario.faults = [
      FaultSpecification(
        kind: .thermalThrottling, entity: "c0/rack0/host0/gpu0", at: 60, duration: 19_940, severity: 0.9)
    ]
    let world = World(scenario, seed: 2)
    let table = Replay(world, from: world.initial, faults: [0], until: scenario.sampleCount).table
    let sensors = SensorArray(.none, interval: 5, streams: world.streams)
    let readings = sensors.readings(of: 0, layer: .physical, from: table)
    let violation = table.samples.map { readings[$0 * 5 + 4] }
    let falls = zip(violation, violation.dropFirst()).filter { $0 > $1 }
    #expect(falls.count == 1)
    #expect(falls.allSatisfy { $0.0 > 16_777_216 - 5001 && $0.1 < 5001 })
  }

  @Test func lagDelaysTemperatureButNotPower() {
    let world = World(Experiment.scenario(hosts: 2, interval: 1), seed: 3)
    // A pause would do as well; the start of a thermal fault is the sharpest edge there is.
    var scenario = world.scenario
    scenario.sensors = .none
    scenario.checkpoints = PeriodicPause(every: 200, duration: 30)
    let paused = World(scenario, seed: 3)
    let table = Replay(paused, from: paused.initial, faults: [], until: scenario.sampleCount).table
    let sensors = SensorArray(.none, interval: 1, streams: paused.streams)
    let readings = sensors.readings(of: 0, layer: .physical, from: table)
    let idle = table.samples.filter { table[$0, 0, .checkpointing] == 1 }
    let sample = idle[3]
    #expect(readings[sample * 5] > table[sample, 0, .temperature] + 0.5)
    #expect((readings[sample * 5 + 2] - table[sample, 0, .power]).magnitude < 0.01)
  }
}
