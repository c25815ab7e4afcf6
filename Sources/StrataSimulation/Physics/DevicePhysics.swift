import StrataTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The physical state of every device, advanced together because neighbours warm each other.
package struct DevicePhysics: Sendable {
  /// One device's state.
  package struct State: Sendable {
    package var thermal: ThermalState
    package var governor: ClockGovernor
    /// In MHz.
    package var clock: Double
    /// In W, now and averaged over about a second as the power sensor does.
    package var power: Double
    package var reportedPower: Double
    /// In degrees Celsius.
    package var temperature: Double
    package var memoryTemperature: Double
  }

  package private(set) var states: [State]
  package let silicon: [Silicon]
  private let cluster: Cluster
  private let device: DeviceSpecification
  private let climate: Climate

  /// A cluster that has been running its job for long, near the power of a busy device.
  package init(_ cluster: Cluster, device: DeviceSpecification, streams: RandomStreams) {
    (self.cluster, self.device) = (cluster, device)
    climate = Climate(cluster, device: device, streams: streams)
    silicon = cluster.devices.indices.map { Silicon(rank: $0, streams: streams) }
    let power =
      0.85 * (device.idlePower + device.residentPower + 0.55 * device.tensorPower + device.multiprocessorPower)
    states = cluster.devices.indices.map { _ in
      State(
        thermal: ThermalState(settledAt: power, device), governor: ClockGovernor(device), clock: device.highestClock,
        power: power, reportedPower: power, temperature: 0, memoryTemperature: 0)
    }
  }

  /// How fast each device computes, relative to a nominal one at its highest clock.
  package var speeds: [Double] { zip(states, silicon).map { $0.clock / device.highestClock * $1.speed } }

  /// Chooses the clocks of a new step: the thermal limit, less an occasional step of utilisation-dependent scaling.
  package mutating func setClocks(step: Int, streams: RandomStreams) {
    for rank in states.indices {
      var generator = streams.generator(for: .clock, step, rank)
      let jitter = generator.uniformDouble() < 0.25 ? 1 : 0
      states[rank].clock = states[rank].governor.clock(jitter: jitter, device)
    }
  }

  /// Advances all devices by at most about a second of constant activity.
  package mutating func advance(
    time: Double, seconds: Double, activities: [Activity], conditions: Conditions
  ) {
    let decay = ThermalState.Decay(device, seconds: seconds)
    let smoothing = exp(-seconds)
    let swing = climate.swing(at: time)
    let rises = hostRises()
    for rank in states.indices {
      var state = states[rank]
      let clockPower = pow(state.clock / device.highestClock, device.powerExponent)
      state.power = device.power(activities[rank], clockPower: clockPower) * silicon[rank].power
      state.reportedPower = state.power + (state.reportedPower - state.power) * smoothing
      let resistance = conditions.thermalResistance[rank] * silicon[rank].resistance
      state.thermal.advance(power: state.power, resistance: resistance, decay: decay, device)
      let air = climate.air(at: rank, swing: swing) + device.neighbourCoupling * rises[cluster.host(of: rank)]
      state.temperature = air + state.thermal.die + state.thermal.sink
      state.memoryTemperature = air + state.thermal.memory
      state.governor.advance(
        temperature: state.temperature, memoryTemperature: state.memoryTemperature, seconds: seconds, device)
      states[rank] = state
    }
  }

  /// The mean heat-sink rise of each host, in degrees.
  private func hostRises() -> [Double] {
    var rises = [Double](repeating: 0, count: cluster.shape.hosts)
    for rank in states.indices { rises[cluster.host(of: rank)] += states[rank].thermal.sink }
    return rises.map { $0 / Double(cluster.shape.devicesPerHost) }
  }
}
