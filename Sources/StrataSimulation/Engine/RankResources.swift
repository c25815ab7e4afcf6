import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What one rank has to work with during one step.
package struct RankResources: Sendable {
  /// Time for an operation, relative to a nominal device at its highest clock.
  package var pace = 1.0
  /// Bytes per second and direction over the network, for gradients and for exchanges between experts.
  package var port = 0.0
  package var expertPort = 0.0
  /// Bytes per second and direction between the devices of a host.
  package var nvlink = 0.0
  /// Whether the host takes data more slowly than the port could bring them.
  package var isHostBound = false
  /// Seconds by which each micro-batch is launched late.
  package var launchDelay = 0.0
  /// Seconds by which the process pauses in this step.
  package var stall = 0.0
  /// Seconds for which the network port is down in this step.
  package var outage = 0.0

  package init() {}
}

extension RankResources {
  /// The part of the work that device memory bounds, not the clock.
  private static let memoryBound = 0.12
  /// The part of the work that copies between device and host, and what a detour of other bytes leaves of PCIe for it.
  private static let copying = 0.02
  private static let leftByDetour = 0.3
  /// The part of the port's nominal bandwidth that a healthy fabric's other traffic takes or leaves at random.
  private static let backgroundFluctuation = 0.01
  /// Seconds over which congestion changes.
  private static let congestionTime = 8.0

  /// - Parameters:
  ///   - stretch: Seconds that the step is expected to take, for the chance of a pause.
  ///   - collections: Seconds between garbage collections, on average, and that one takes; zero for none.
  package init(
    device: Int, state: DeviceState, cluster: Cluster, _ specification: DeviceSpecification, _ conditions: Conditions,
    time: Double, stretch: Double, step: Int, job: JobConditions, collections: (interval: Double, seconds: Double),
    streams: RandomStreams
  ) {
    let host = cluster.host(of: device)
    let clock = state.workingClock / specification.highestClock
    let foreign = conditions[.foreignLoad][device]
    let speed = clock * state.silicon.speed * conditions[.speed][device] * (1 - foreign)
    let isDetour = conditions[.peerToPeerOff][device] >= 0.5 || conditions[.fabricDown][device] >= 0.5
    let copies = Self.copying / (conditions[.pcieBandwidth][device] * (isDetour ? Self.leftByDetour : 1))
    pace =
      job[.work]
      * ((1 - Self.memoryBound - Self.copying) / speed
        + Self.memoryBound / (conditions[.memoryBandwidth][device] * (1 - foreign)) + copies)
    outage = LinkFlaps(device, conditions, streams).seconds(from: time, to: time + stretch)
    setLinks(device, cluster, specification, conditions, time: time, streams: streams)
    let load = conditions[.processorLoad][host]
    // A starved process launches late, by about what a scheduler's time slice lasts.
    launchDelay =
      conditions[.launchDelay][device]
      + 0.02 * max(0, load - 0.7) / max(0.05, 1.05 - load) / conditions[.processorClock][host]
    stall = Self.stall(device, conditions, stretch: stretch, step: step, collections, streams)
  }

  private mutating func setLinks(
    _ device: Int, _ cluster: Cluster, _ specification: DeviceSpecification, _ conditions: Conditions, time: Double,
    streams: RandomStreams
  ) {
    let host = cluster.host(of: device)
    let leaf = cluster.leaf(of: device)
    let share = conditions[.linkBandwidth][device] * (1 - 0.5 * conditions[.retransmission][device])
    let fluctuation = conditions[.fluctuation][leaf] + Self.backgroundFluctuation
    let congestion = abs(Self.congestion(leaf, time: time, streams: streams))
    let weather = exp(-fluctuation * congestion)
    let nominal = specification.linkBandwidth * share * weather / conditions[.proxyDelay][host]
    let bus = specification.pcieBandwidth * conditions[.pcieBandwidth][device]
    let open = nominal * conditions[.bandwidth][leaf]
    isHostBound = bus < open
    let down = conditions[.linkDown][device] >= 0.5 || conditions[LeafQuantity.down][leaf] >= 0.5
    port = down ? 0 : min(bus, open)
    let left = conditions[.expertBandwidth][leaf] * exp(-conditions[.expertFluctuation][leaf] * congestion)
    expertPort = down ? 0 : min(bus, open * left)
    nvlink = specification.nvlinkBandwidth * conditions[.nvlinkBandwidth][device]
    if conditions[.peerToPeerOff][device] >= 0.5 || conditions[.fabricDown][device] >= 0.5 {
      nvlink = min(nvlink, 0.4 * bus)
    }
  }

  /// A standard normal process that forgets itself over some seconds.
  private static func congestion(_ leaf: Int, time: Double, streams: RandomStreams) -> Double {
    let phase = time / congestionTime
    let before = phase.rounded(.down)
    let part = phase - before
    let a = streams.deviate(.congestion, leaf, Int(before))
    let b = streams.deviate(.congestion, leaf, Int(before) + 1)
    return (a * (1 - part) + b * part) / ((1 - part) * (1 - part) + part * part).squareRoot()
  }

  private static func stall(
    _ device: Int, _ conditions: Conditions, stretch: Double, step: Int,
    _ collections: (interval: Double, seconds: Double), _ streams: RandomStreams
  ) -> Double {
    var stall = 0.0
    let faulty = conditions[.stalls][device]
    let usual = collections.interval > 0 ? 3600 / collections.interval : 0
    if faulty > 0 || usual > 0 {
      var generator = streams.generator(for: .stall, device, step)
      let draws = (generator.uniformDouble(), generator.uniformDouble(), 0.5 + generator.uniformDouble())
      if draws.0 < min(1, faulty * stretch / 3600) { stall += conditions[.stallSeconds][device] * draws.2 }
      if draws.1 < min(1, usual * stretch / 3600) { stall += collections.seconds * draws.2 }
    }
    return stall
  }
}
