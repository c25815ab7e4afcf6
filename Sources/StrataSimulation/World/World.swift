import StrataTelemetry
import StrataTensor

/// The parts of a simulated cluster that do not change, and the way from one state to the next.
///
/// Data flow one way: conditions and clocks give the jobs' steps, these give what every device does, physics turn that
/// into power and heat, and the exact signals are noted at every sample. The one way back is the clock, which physics set
/// and the next step obeys.
package struct World: Sendable {
  package let scenario: Scenario
  package let cluster: Cluster
  package let specification: DeviceSpecification
  package let streams: RandomStreams
  package let training: [TrainingJob]
  package let serving: [ServingJob]
  package let plan: FaultPlan
  /// The job of each device and its rank there; nil for an idle device.
  let occupants: [(job: Int, rank: Int)?]
  private let neutral: Conditions
  let climate: Climate
  private let decay: ThermalState.Decay
  /// Ticks of equal length make up a sample; none is longer than a second.
  private let ticks: Int

  private var tickSeconds: Double { scenario.interval / Double(ticks) }
  package var jobs: [any SimulatedJob] { training + serving }

  /// Seconds for which a cluster runs before the first sample.
  private static let warmUp = 240.0
  /// The air that still passes when fans of a host stop, driven by the others, relative to a healthy host.
  private static let leastAirflow = 0.25

  /// - Precondition: The scenario has no problem.
  package init(_ scenario: Scenario, seed: UInt64) {
    self.scenario = scenario
    cluster = Cluster(scenario.cluster)
    specification = scenario.cluster.hardware.specification
    streams = RandomStreams(seed: seed)
    (training, serving) = JobPlacement.jobs(of: scenario, on: cluster)
    let jobs: [any SimulatedJob] = training + serving
    occupants = JobPlacement.occupants(of: jobs, on: cluster)
    plan = FaultPlan(scenario, cluster: cluster, jobs: jobs, training: training, streams: streams)
    neutral = Conditions(
      devices: cluster.devices.count, hosts: cluster.hosts.count, leaves: cluster.leaves.count, jobs: jobs.count)
    climate = Climate(cluster, streams: streams)
    ticks = max(1, Int(scenario.interval.rounded(.up)))
    decay = ThermalState.Decay(specification, seconds: scenario.interval / Double(ticks))
  }

  /// The state before the warm-up.
  package var initial: WorldState {
    let samples = Int((Self.warmUp / scenario.interval).rounded(.up))
    let time = -Double(samples) * scenario.interval
    let busy = 0.7 * specification.powerLimit
    return WorldState(
      sample: -samples, training: training.map { $0.initialState(time: time, streams: streams) },
      serving: serving.map { $0.initialState(time: time, streams: streams) },
      devices: cluster.devices.indices.map { device in
        DeviceState(
          settledAt: occupants[device] == nil ? specification.idlePower : busy,
          silicon: Silicon(device: device, generation: 0, streams: streams), specification)
      },
      hosts: cluster.hosts.map { _ in HostState() },
      isPortUp: [Bool](repeating: true, count: cluster.devices.count),
      completed: [Int](repeating: 0, count: training.count))
  }

  /// What the mechanisms are like at a moment under some of the plan's faults.
  package func conditions(at time: Double, faults: [Int], repaired: [Int: Double]) -> Conditions {
    var conditions = neutral
    for fault in faults where repaired[fault] == nil { plan.faults[fault].act(on: &conditions, at: time) }
    for episode in plan.episodes { episode.act(on: &conditions, at: time) }
    return conditions
  }

  /// Runs until the next sample and notes it, unless the cluster is still warming up.
  package func advance(_ state: inout WorldState, faults: [Int], into block: inout SignalBlock) {
    let start = Double(state.sample) * scenario.interval
    var sums = [DeviceSums](repeating: DeviceSums(), count: cluster.devices.count)
    var conditions = neutral
    for tick in 0..<ticks {
      let time = start + Double(tick) * tickSeconds
      repair(faults, &state, before: time + tickSeconds)
      conditions = self.conditions(at: time, faults: faults, repaired: state.repaired)
      begin(faults, &state, conditions, at: time)
      self.tick(&state, from: time, conditions, &sums)
    }
    if state.sample >= 0 { note(state, sums, conditions, into: &block) }
    settle(&state, conditions)
    state.sample += 1
  }

  /// Lets one tick pass for jobs, devices and hosts.
  private func tick(
    _ state: inout WorldState, from time: Double, _ conditions: Conditions, _ sums: inout [DeviceSums]
  ) {
    let end = time + tickSeconds
    let context = JobContext(
      cluster: cluster, specification: specification, streams: streams, conditions: conditions, devices: state.devices)
    var activities = [Activity](repeating: Activity(), count: cluster.devices.count)
    for job in training {
      job.elapse(&state.training[job.index], from: time, to: end, in: context, into: &activities)
    }
    for (i, job) in serving.enumerated() {
      job.elapse(&state.serving[i], from: time, to: end, in: context, into: &activities)
    }
    heat(&state, activities, conditions, at: time, &sums)
  }

  /// Power and heat of every device; `activities` are weighted by seconds.
  private func heat(
    _ state: inout WorldState, _ activities: [Activity], _ conditions: Conditions, at time: Double,
    _ sums: inout [DeviceSums]
  ) {
    let (seconds, weight) = (tickSeconds, 1 / tickSeconds)
    let (resistance, limits) = (conditions[.thermalResistance], conditions[.powerLimit])
    let (ceilings, foreign) = (conditions[.clockCeiling], conditions[.foreignLoad])
    let (fans, rise) = (conditions[.fanSpeed], conditions[.inletRise])
    for host in cluster.hosts.indices {
      let devices = cluster.devices(ofHost: host)
      let sink = devices.reduce(0) { $0 + state.devices[$1].thermal.sink } / Double(devices.count)
      let air = climate.air(atHost: host, time: time) + rise[host] + specification.neighbourCoupling * sink
      let airflow = max(Self.leastAirflow, fans[host])
      for (slot, device) in devices.enumerated() {
        var activity = Activity()
        activity.add(activities[device], weight: weight)
        if foreign[device] > 0 { activity.share(foreign[device]) }
        let jitter =
          (UInt64(truncatingIfNeeded: state.sample &* 0x9E37_79B9 &+ device &* 0x85EB_CA6B) >> 7) & 3 == 0 ? 1 : 0
        let around = DeviceState.Surroundings(
          air: air + specification.slotOffsets[slot % specification.slotOffsets.count],
          resistance: resistance[device], airflow: airflow, powerLimit: limits[device],
          clockCeiling: ceilings[device], jitter: jitter)
        state.devices[device].advance(activity, seconds: seconds, decay: decay, around, specification)
        sums[device].activity.add(activity, weight: 1 / Double(ticks))
        sums[device].energy += state.devices[device].power * seconds
        switch state.devices[device].limiting {
        case .thermal: sums[device].throttled += seconds
        case .power: sums[device].capped += seconds
        case .none: break
        }
      }
    }
  }

  /// What a sample leaves behind for the next.
  private func settle(_ state: inout WorldState, _ conditions: Conditions) {
    for device in state.isPortUp.indices { state.isPortUp[device] = isConnected(device, conditions) }
    for job in training.indices { state.completed[job] = state.training[job].completed }
    for host in state.hosts.indices {
      let target = loadAverage(host, conditions)
      state.hosts[host].load += (target - state.hosts[host].load) * min(1, scenario.interval / 60)
    }
  }

  func loadAverage(_ host: Int, _ conditions: Conditions) -> Double {
    10 + conditions[.processorLoad][host] * specification.hostCores * 1.3
  }
}

extension Activity {
  /// Lets a foreign process take a part of the multiprocessors.
  mutating func share(_ part: Double) {
    resident = min(1, resident + part)
    multiprocessors = min(1, multiprocessors + part * (1 - multiprocessors))
    tensor = min(1, tensor + 0.25 * part)
    memory = min(1, memory + 0.3 * part)
  }
}
