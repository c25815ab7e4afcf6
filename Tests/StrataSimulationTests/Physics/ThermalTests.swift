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

  /// All devices of a host at one power: air, own rise, and the part of the neighbours' rise that warms the air.
  @Test func clusterSettlesWhereTheEquationsSay() {
    let scenario = Experiment.scenario(hosts: 2)
    let world = World(scenario, seed: 1)
    var physics = DevicePhysics(world.cluster, device: device, streams: world.streams)
    let conditions = world.conditions(at: 0, faults: [])
    var working = Occupancy()
    working.work = 1
    working.nominalWork = 1
    let activities = world.cluster.devices.map { _ in Activity(working, duration: 1) }
    for _ in 0..<1200 { physics.advance(time: 0, seconds: 1, activities: activities, conditions: conditions) }
    let climate = Climate(world.cluster, device: device, streams: world.streams)
    let swing = climate.swing(at: 0)
    let nominal = device.power(activities[0], clockPower: 1)
    for host in 0..<2 {
      let ranks = host * 8..<host * 8 + 8
      let rises = ranks.map { nominal * physics.silicon[$0].power * physics.silicon[$0].resistance }
      let sink = rises.reduce(0, +) / 8 * device.sinkResistance
      for (rank, rise) in zip(ranks, rises) {
        let air = climate.air(at: rank, swing: swing) + device.neighbourCoupling * sink
        let expected = air + rise * (device.dieResistance + device.sinkResistance)
        #expect((physics.states[rank].temperature - expected).magnitude < 1e-3)
        #expect((physics.states[rank].memoryTemperature - air - rise * device.memoryResistance).magnitude < 1e-3)
      }
    }
  }

  @Test func powerHasItsPublishedLevels() {
    func power(_ change: (inout Occupancy) -> Void) -> Double {
      var occupancy = Occupancy()
      change(&occupancy)
      return device.power(Activity(occupancy, duration: 1), clockPower: 1)
    }
    #expect((65...110).contains(power { $0.idle = 1 }))
    #expect((250...380).contains(power { $0.wait = 1 }))
    #expect((250...380).contains(power { $0.transfer = 1 }))
    let working = power {
      $0.work = 1
      $0.nominalWork = 1
      $0.expertWork = 0.5
    }
    #expect((550...700).contains(working))
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
    let cluster = Cluster(ClusterShape(hosts: 8))
    let climate = Climate(cluster, device: device, streams: RandomStreams(seed: 1))
    let day = (0..<24).map { climate.swing(at: Double($0) * 3600) }
    #expect((1.9...2).contains(day.max()!) && (-2 ... -1.9).contains(day.min()!))
    let airs = cluster.devices.indices.map { climate.air(at: $0, swing: 0) }
    #expect(airs.allSatisfy { (18...33).contains($0) })
    #expect(airs[7] > airs[0] + 4)
  }
}
