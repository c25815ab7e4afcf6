import StrataSimulation
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct SensorTests {
  private static func run(_ change: (inout Scenario) -> Void) -> Run {
    var scenario = Scenario.quiet(hosts: 1, duration: 1200, interval: 1)
    change(&scenario)
    do { return try Simulator(scenario, seed: 2).run() } catch { fatalError("\(error)") }
  }

  /// The exact signals of a scenario and what its sensors make of them.
  private static func signals(
    _ scenario: Scenario, faults: [Int] = [], raw: Bool = false
  ) -> (world: World, block: SignalBlock, readings: SensorArray.Readings, layout: TelemetryLayout) {
    let world = World(scenario, seed: 2)
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: scenario.sampleCount)
    while state.sample < scenario.sampleCount { world.advance(&state, faults: faults, into: &block) }
    var sensors = SensorArray(world, threads: 2)
    return (world, block, sensors.read(block, keepingRaw: raw), sensors.layout)
  }

  @Test func everySignalHasOneInstrumentAndEveryInstrumentAName() {
    var seen: Set<Int> = []
    for instrument in Instrument.all {
      #expect(seen.insert(instrument.kind.rawValue << 8 + instrument.signal).inserted)
    }
    let names = Instrument.all.map { "\($0.kind) \($0.channel.name)" }
    #expect(Set(names).count == names.count)
    #expect(Instrument.all.allSatisfy { $0.signal < $0.kind.signalCount })
  }

  @Test func everyKindReportsWhereItHasInstruments() {
    let run = Self.run { _ in }
    #expect(run.layers.map(\.layer) == TelemetryLayer.allCases)
    for layer in [TelemetryLayer.physical, .data, .compute] {
      #expect(run[layer]?.entities.count == 8 + 1)
    }
    let application = run[.application]?.entities.map(\.description) ?? []
    #expect(application.count == 8 + 1 + 8 + 8 * 16)
    #expect(application.contains("c0/train") && application.contains("c0/train/layer7/expert15"))
    #expect(run.time(of: 0) == Scenario.quiet(hosts: 1).start + 1)
    #expect(run.split == RunSplit(trainingEnd: 60))
    #expect(run.role(of: "c0/train/layer7/expert15") == "expert" && run.role(of: "c0/rack0/host0") == "host")
  }

  @Test func readingsAreMultiplesOfTheirQuantum() {
    let run = Self.run { _ in }
    let quanta: [(String, Float)] = [
      ("DCGM_FI_DEV_GPU_TEMP", 1), ("DCGM_FI_DEV_MEMORY_TEMP", 1), ("DCGM_FI_DEV_SM_CLOCK", 15),
      ("DCGM_FI_DEV_GPU_UTIL", 1), ("DCGM_FI_DEV_FB_USED", 2), ("node_hwmon_fan_rpm", 60),
      ("ipmi_dcmi_power_consumption_watts", 8),
    ]
    for (name, quantum) in quanta {
      let entity: EntityPath = name.hasPrefix("DCGM") ? "c0/rack0/host0/gpu3" : "c0/rack0/host0"
      let readings = run.readings(name, entity).filter { !$0.isNaN }
      #expect(
        readings.count > 1000 && readings.allSatisfy { $0.truncatingRemainder(dividingBy: quantum) == 0 }, "\(name)")
    }
    #expect(run.readings("DCGM_FI_DEV_GPU_UTIL", "c0/rack0/host0/gpu0").allSatisfy { !($0 > 100) })
    for layer in run.layers { #expect(layer.values.elements.allSatisfy { !$0.isInfinite }) }
  }

  @Test func exactSensorsReadWhatThereIs() throws {
    var scenario = Scenario.quiet(hosts: 1)
    scenario.sensors = .none
    let (_, block, readings, layout) = Self.signals(scenario)
    let data = layout.layers[1]
    let channel = try #require(
      data.channels.firstIndex { $0.name == "node_infiniband_port_data_transmitted_bytes_total" })
    for sample in block.samples {
      #expect(readings.layers[1][sample, 2, channel] == block[sample, .device, 2, DeviceSignal.transmitted])
    }
    for part in data.parts where part.kind == .device {
      for instrument in part.instruments.indices { #expect(!readings.layers[1][7, 0, instrument].isNaN) }
    }
  }

  @Test func missingSamplesComeInRunsOfTheirRateAndLength() {
    let run = Self.run {
      $0.sensors.missing = 0.05; $0.sensors.missingRun = 4
    }
    var (missing, runs, total) = (0, 0, 0)
    for name in ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_SM_ACTIVE"] {
      for device in 0..<8 {
        let gone = run.readings(name, EntityPath(["c0", "rack0", "host0", "gpu\(device)"])).map(\.isNaN)
        total += gone.count
        missing += gone.count { $0 }
        runs += zip(gone, gone.dropFirst()).count { !$0 && $1 }
      }
    }
    // A scrape fails as a whole, in all layers.
    for name in ["DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_GPU_UTIL"] {
      #expect(
        run.readings("DCGM_FI_DEV_GPU_TEMP", "c0/rack0/host0/gpu3").map(\.isNaN)
          == run.readings(name, "c0/rack0/host0/gpu3").map(\.isNaN), "\(name)")
    }
    #expect((0.035...0.065).contains(Double(missing) / Double(total)))
    #expect((3...5).contains(Double(missing) / Double(runs)))
  }

  @Test func periodsThinReadingsOut() {
    let run = Self.run {
      ($0.sensors.missing, $0.sensors.hostPeriod, $0.sensors.devicePeriod) = (0, 15, 5)
    }
    func observed(_ name: String, _ entity: EntityPath) -> Int { run.readings(name, entity).count { !$0.isNaN } }
    #expect(observed("node_load1", "c0/rack0/host0") == 1200 / 15)
    #expect(observed("DCGM_FI_DEV_POWER_USAGE", "c0/rack0/host0/gpu1") == 1200 / 5)
    #expect(observed("node_infiniband_symbol_error_total", "c0/rack0/host0/gpu1") == 1200)
  }

  /// Stored counters are increases; those that exporters give are totals, which fall only when they restart.
  @Test func totalsRiseExceptWhenTheyRestart() throws {
    var scenario = Scenario.quiet(hosts: 1, duration: 1200, interval: 1)
    (scenario.sensors.missing, scenario.sensors.counterResetsPerDay) = (0, 300)
    let (_, _, readings, layout) = Self.signals(scenario, raw: true)
    let layer = layout.layers[0]
    let width = layer.channels.count
    let stride = layer.entities.count * width
    for name in ["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "DCGM_FI_DEV_PCIE_REPLAY_COUNTER"] {
      let channel = try #require(layer.channels.firstIndex { $0.name == name })
      let total = (0..<1200).map { readings.raw[0][$0 * stride + channel] }
      let stored = (0..<1200).map { readings.layers[0][$0, 0, channel] }
      let falls = (1..<1200).filter { total[$0] < total[$0 - 1] }
      // Where a total has fallen, its increase is unknown.
      #expect(falls.allSatisfy { stored[$0].isNaN })
      #expect(
        (1..<1200).allSatisfy { stored[$0].isNaN || (total[$0] - total[$0 - 1] - Double(stored[$0])).magnitude < 1 })
      if name.contains("ENERGY") { #expect((1...12).contains(falls.count)) }
    }
  }

  @Test func xidStaysUntilTheNext() throws {
    var scenario = Scenario.quiet(hosts: 1, duration: 300, interval: 1)
    scenario.sensors = .none
    scenario.workload.watchdog = 60
    scenario.workload.restart = 30
    scenario.faults = [
      FaultSpecification(Scenario.card("F16"), entity: "c0/rack0/host0/gpu2", at: 100, duration: 20, severity: 1)
    ]
    scenario.faults[0].precursor = false
    let (_, block, readings, layout) = Self.signals(scenario, faults: [0], raw: true)
    let channel = try #require(layout.layers[0].channels.firstIndex { $0.name == "DCGM_FI_DEV_XID_ERRORS" })
    #expect(block.samples.filter { block[$0, .device, 2, DeviceSignal.xid] == 79 } == [100])
    // The message arrives although the device answers no more, and the gauge still shows it afterwards.
    let stride = layout.layers[0].entities.count * layout.layers[0].channels.count
    let gauge = (0..<300).map { readings.raw[0][$0 * stride + 2 * layout.layers[0].channels.count + channel] }
    #expect(gauge[99] == 0 && gauge[105] == 79 && gauge[299] == 79)
  }

  /// A clock that is ahead dates readings later than they are, by as much for everything on the host.
  @Test func devicesShareTheClockOfTheirHost() throws {
    var scenario = Scenario.quiet(hosts: 8, duration: 60, interval: 1)
    (scenario.sensors, scenario.sensors.clockOffset) = (.none, 0.3)
    let (world, block, readings, layout) = Self.signals(scenario)
    let channel = try #require(
      layout.layers[0].channels.firstIndex { $0.name == "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION" })
    let clocks = SensorArray(world, threads: 1).clockOffsets
    #expect(Set(clocks).count == 8 && clocks.contains { $0 > 0.1 })
    for device in 0..<64 {
      let exact = block.samples.map { Double(block[$0, .device, device, DeviceSignal.energy]) }
      let read = block.samples.map { Double(readings.layers[0][$0, device, channel]) }
      let moves = (1..<exact.count).filter { (exact[$0] - exact[$0 - 1]).magnitude > 1000 }
      #expect(!moves.isEmpty)
      for i in moves {
        let lead = (exact[i] - read[i]) / (exact[i] - exact[i - 1])
        #expect((lead - min(1, max(0, clocks[device / 8]))).magnitude < 0.01, "device \(device), sample \(i)")
      }
    }
  }

  /// Peers of a dead port ask for answers; another job that hangs for another reason does not.
  @Test func onlyTheJobWithADeadPortAsksInVain() throws {
    var scenario = Scenario.quiet(hosts: 4, duration: 60, interval: 1)
    scenario.sensors = .none
    var workload = TrainingWorkload()
    (workload.layers, workload.experts, workload.expertParallel) = (8, 32, 16)
    scenario.jobs = ["first", "second"].map { JobSpecification(name: $0, hosts: 2, workload: .training(workload)) }
    scenario.faults = [
      FaultSpecification(Scenario.card("F01"), entity: "c0/rack0/host0/gpu1", at: 20, duration: 40, severity: 1),
      FaultSpecification(Scenario.card("F09"), entity: "c0/rack0/host3/gpu1", at: 20, duration: 40, severity: 1),
    ]
    for i in scenario.faults.indices { scenario.faults[i].precursor = false }
    let block = Self.signals(scenario, faults: [0, 1]).block
    func timeouts(_ devices: Range<Int>) -> Float {
      devices.reduce(0) { $0 + block[50, .device, $1, DeviceSignal.acknowledgeTimeouts] }
    }
    #expect(timeouts(0..<16) > 0 && timeouts(16..<32) == 0)
  }

  @Test func lagDelaysTemperatureButNotPower() throws {
    var scenario = Scenario.quiet(hosts: 1, duration: 300, interval: 1)
    scenario.sensors = .none
    scenario.workload.checkpoints = PeriodicPause(every: 100, duration: 30)
    let (_, block, readings, layout) = Self.signals(scenario)
    func channel(_ name: String) throws -> Int {
      try #require(layout.layers[0].channels.firstIndex { $0.name == name })
    }
    let idle = block.samples.filter { block[$0, .job, 0, JobSignal.checkpointing] == 1 }
    let sample = try #require(idle.dropFirst(3).first)
    let temperature = readings.layers[0][sample, 0, try channel("DCGM_FI_DEV_GPU_TEMP")]
    let power = readings.layers[0][sample, 0, try channel("DCGM_FI_DEV_POWER_USAGE")]
    #expect(temperature > block[sample, .device, 0, DeviceSignal.temperature] + 0.5)
    #expect((power - block[sample, .device, 0, DeviceSignal.power]).magnitude < 0.01)
  }
}
