import StrataSimulation
import Testing

@Suite struct ThermalTests {
  private let device = DeviceSpecification.h100

  @Test(arguments: [1, 1.7]) func reachesTheAnalyticSteadyState(resistance: Double) {
    var state = ThermalState()
    let decay = ThermalState.Decay(device, seconds: 0.5)
    for _ in 0..<2000 { state.advance(power: 600, resistance: resistance, decay: decay, device) }
    #expect((state.die - 600 * 0.022 * resistance).magnitude < 1e-5)
    #expect((state.sink - 600 * 0.038 * resistance).magnitude < 1e-5)
    #expect((state.memory - 600 * 0.075 * resistance).magnitude < 1e-5)
  }

  @Test func risesWithItsTwoTimeConstants() {
    var state = ThermalState()
    state.advance(power: 500, resistance: 1, decay: .init(device, seconds: 5), device)
    #expect((state.die / (500 * 0.022) - 0.6321205588).magnitude < 1e-9)
    state.advance(power: 500, resistance: 1, decay: .init(device, seconds: 55), device)
    #expect((state.sink / (500 * 0.038) - 0.6321205588).magnitude < 1e-9)
  }

  @Test func doesNotDependOnHowAPeriodIsDivided() {
    var whole = ThermalState(settledAt: 200, device)
    var parts = whole
    whole.advance(power: 650, resistance: 1.2, decay: .init(device, seconds: 3), device)
    for seconds in [0.1, 1.9, 0.4, 0.6] {
      parts.advance(power: 650, resistance: 1.2, decay: .init(device, seconds: seconds), device)
    }
    #expect((whole.die - parts.die).magnitude < 1e-10)
    #expect((whole.sink - parts.sink).magnitude < 1e-10)
  }

  /// Air carries heat in proportion to its flow: with less, the sink ends hotter and takes longer, while the die above it
  /// is as before. Memory sits beside the die.
  @Test func lessAirHeatsTheSinkSlowly() {
    var state = ThermalState(settledAt: 600, device)
    let (die, sink) = (state.die, state.sink)
    state.advance(power: 600, resistance: 1, airflow: 0.4, decay: .init(device, seconds: 60 / 0.4), device)
    #expect((state.sink / sink - (1 + 1.5 * 0.6321205588)).magnitude < 1e-9)
    #expect((state.die / die - 1).magnitude < 1e-12)
    #expect((state.stuffiness - (state.sink - sink)).magnitude < 1e-9)
    state.advance(power: 600, resistance: 1, decay: .init(device, seconds: 6000), device)
    #expect((state.sink / sink - 1).magnitude < 1e-9 && state.stuffiness.magnitude < 1e-9)
  }

  /// All devices of an idle host: air, own rise, and the part of the neighbours' rise that warms the air.
  @Test func clusterSettlesWhereTheEquationsSay() {
    var scenario = Scenario.quiet(hosts: 2, duration: 1200, interval: 1)
    // The only job takes the first host and leaves the second alone.
    scenario.workload.expertParallel = 8
    scenario.jobs[0].hosts = 1
    let world = World(scenario, seed: 1)
    var state = world.initial
    var block = SignalBlock(counts: world.entityCounts, firstSample: 0, reserving: 1200)
    while state.sample < 1200 { world.advance(&state, faults: [], into: &block) }
    let climate = Climate(world.cluster, streams: world.streams)
    let air = climate.air(atHost: 1, time: 1199)
    let rises = (8..<16).map { state.devices[$0].power * state.devices[$0].silicon.resistance }
    #expect((8..<16).allSatisfy { (state.devices[$0].power / device.idlePower - 1).magnitude < 0.25 })
    let sink = rises.reduce(0, +) / 8 * device.sinkResistance
    for (slot, rise) in rises.enumerated() {
      let around = air + device.slotOffsets[slot] + device.neighbourCoupling * sink
      let own = state.devices[8 + slot]
      #expect((own.temperature - around - rise * (device.dieResistance + device.sinkResistance)).magnitude < 0.02)
      #expect((own.memoryTemperature - around - rise * device.memoryResistance).magnitude < 0.02)
    }
  }

  @Test func powerHasItsPublishedLevels() {
    func power(work: Double, wait: Double, transfer: Double) -> Double {
      var activity = Activity()
      activity.setProcessor(
        work: work, expert: work / 2, nominal: work, wait: wait, transfer: transfer, duration: 1)
      return device.power(activity, clock: device.highestClock)
    }
    #expect((65...110).contains(power(work: 0, wait: 0, transfer: 0)))
    #expect((250...380).contains(power(work: 0, wait: 1, transfer: 0)))
    #expect((250...380).contains(power(work: 0, wait: 0, transfer: 1)))
    #expect((550...700).contains(power(work: 1, wait: 0, transfer: 0)))
  }

  /// A lower limit lowers the clock until power keeps within it, and says so; a stuck clock says nothing.
  @Test(arguments: [0.9, 0.7]) func powerLimitLowersTheClock(limit: Double) {
    let silicon = Silicon(device: 0, generation: 0, streams: RandomStreams(seed: 1))
    var state = DeviceState(settledAt: 600, silicon: silicon, device)
    var busy = Activity()
    busy.setProcessor(work: 1, expert: 0.5, nominal: 1, wait: 0, transfer: 0, duration: 1)
    let around = DeviceState.Surroundings(air: 23, resistance: 1, powerLimit: limit, clockCeiling: 1, jitter: 0)
    state.advance(busy, seconds: 1, decay: .init(device, seconds: 1), around, device)
    #expect(state.limiting == .power && state.clock < device.highestClock)
    #expect(state.power <= limit * device.powerLimit && state.power > 0.97 * limit * device.powerLimit)
    let free = DeviceState.Surroundings(air: 23, resistance: 1, powerLimit: 1, clockCeiling: 0.7, jitter: 0)
    state.advance(busy, seconds: 1, decay: .init(device, seconds: 1), free, device)
    #expect(state.limiting == .none && state.clock == 0.7 * device.highestClock)
  }

  @Test func slowdownHoldsTheTemperature() {
    var governor = ClockGovernor(device)
    var thermal = ThermalState(settledAt: 600, device)
    var temperature = 0.0
    for _ in 0..<3000 {
      let share = governor.clock(jitter: 0, device) / device.highestClock
      let power = 150 + 450 * share * share
      thermal.advance(power: power, resistance: 2, decay: .init(device, seconds: 1), device)
      temperature = 28 + thermal.die + thermal.sink
      governor.advance(temperature: temperature, memoryTemperature: 50, seconds: 1, device)
    }
    #expect((temperature - device.slowdownTemperature).magnitude < 1)
    #expect(governor.isThrottling(device))
    #expect(governor.clock(jitter: 0, device).truncatingRemainder(dividingBy: 15) == 0)
  }

  @Test func hotMemorySlowsTheClockToo() {
    var governor = ClockGovernor(device)
    governor.advance(temperature: 60, memoryTemperature: 97, seconds: 1, device)
    #expect(governor.limit == device.highestClock - 2 * device.slowdownGain)
    governor.advance(temperature: 60, memoryTemperature: 60, seconds: 10, device)
    #expect(!governor.isThrottling(device))
  }

  @Test func inletFollowsTheDay() {
    let climate = Climate(Cluster(ClusterShape(hosts: 8)), streams: RandomStreams(seed: 1))
    let day = (0..<24).map { climate.air(atHost: 3, time: Double($0) * 3600) }
    #expect((3.9...4).contains(day.max()! - day.min()!))
    #expect(day.allSatisfy { (18...29).contains($0) })
    #expect((climate.air(atHost: 3, time: 86_400) - climate.air(atHost: 3, time: 0)).magnitude < 1e-9)
  }
}
