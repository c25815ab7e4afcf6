import StrataTensor

/// The parts of a simulated cluster that do not change, and the way from one state to the next.
///
/// Data flow one way: topology and schedule give a step, the engine gives what every device does in it, physics turn
/// that into power and heat, and the exact signals are noted at every sample. The one way back is the clock, which
/// physics set and the next step obeys.
package struct World: Sendable {
  package let scenario: Scenario
  package let cluster: Cluster
  package let placement: ExpertPlacement
  package let streams: RandomStreams
  package let plan: FaultPlan
  private let engine: StepEngine
  private let neutral: Conditions

  /// Seconds for which a cluster runs before the first sample.
  private static let warmUp = 300.0
  /// No stretch of physics is longer than this, in seconds.
  private static let longestStretch = 1.0
  /// Pauses are divided into slices of this many seconds, so that faults can begin during them.
  private static let pauseSlice = 2.0

  /// - Precondition: The scenario has no problem.
  package init(_ scenario: Scenario, seed: UInt64) {
    self.scenario = scenario
    cluster = Cluster(scenario.cluster)
    placement = ExpertPlacement(
      experts: scenario.workload.experts, groupSize: scenario.workload.expertParallel,
      devices: scenario.cluster.deviceCount)
    streams = RandomStreams(seed: seed)
    plan = FaultPlan(scenario, cluster: cluster, placement: placement, streams: streams)
    engine = StepEngine(
      cluster: cluster, placement: placement, workload: scenario.workload, device: scenario.device, streams: streams)
    neutral = Conditions(
      devices: cluster.devices.count, hosts: cluster.shape.hosts, workload: scenario.workload, device: scenario.device)
  }

  /// The state before the first step.
  package var initial: WorldState {
    let samples = Int((Self.warmUp / scenario.interval).rounded(.up))
    let devices = cluster.devices.count
    return WorldState(
      time: -Double(samples) * scenario.interval, sample: -samples, iteration: scenario.workload.firstIteration,
      router: Router(scenario.workload, placement: placement, streams: streams),
      noise: ComputeNoise(devices: devices, workload: scenario.workload), curve: TrainingCurve(streams: streams),
      physics: DevicePhysics(cluster, device: scenario.device, streams: streams),
      sums: [SampleAccumulator](repeating: SampleAccumulator(), count: devices),
      logs: [StepLog](repeating: StepLog(), count: devices), schedule: Schedule(scenario))
  }

  /// What the mechanisms are like at a moment under some of the plan's faults.
  package func conditions(at time: Double, faults: [FaultInjection]) -> Conditions {
    var conditions = neutral
    for fault in faults { conditions.apply(fault, at: time, workload: scenario.workload) }
    for episode in plan.episodes { conditions.apply(episode, at: time) }
    return conditions
  }

  /// Runs one step, or one slice of a pause, and notes the samples that end in it.
  package func advance(_ state: inout WorldState, faults: [FaultInjection], into table: inout SignalTable) {
    state.schedule.update(time: state.time, scenario: scenario, streams: streams)
    let conditions = conditions(at: state.time, faults: faults)
    let activity = state.schedule.activity
    if activity == .checkpoint {
      var idle = Occupancy()
      idle.idle = min(Self.pauseSlice, max(0.01, state.schedule.pauseEnd - state.time))
      let phase = Phase(duration: idle.idle, devices: state.sums.map { _ in idle })
      elapse(phase, activity, &state, conditions, into: &table)
      return
    }
    state.physics.setClocks(step: state.step, streams: streams)
    let routing = state.router.route(step: state.step, conditions: conditions)
    let step = engine.run(
      activity == .training ? .training : .evaluation, number: state.step, speeds: state.physics.speeds,
      routing: routing, conditions: conditions, noise: &state.noise)
    for phase in step.phases { elapse(phase, activity, &state, conditions, into: &table) }
    state.step += 1
    log(step, routing, activity, &state)
  }

  /// Lets the time of a phase pass in stretches that end at samples.
  private func elapse(
    _ phase: Phase, _ activity: Schedule.Activity, _ state: inout WorldState, _ conditions: Conditions,
    into table: inout SignalTable
  ) {
    let activities = phase.devices.map { Activity($0, duration: phase.duration) }
    var remaining = phase.duration
    while remaining > 1e-9 {
      let boundary = Double(state.sample + 1) * scenario.interval
      let stretch = min(remaining, boundary - state.time, Self.longestStretch)
      let isLast = stretch >= boundary - state.time
      state.physics.advance(time: state.time, seconds: stretch, activities: activities, conditions: conditions)
      let part = stretch / phase.duration
      for rank in activities.indices {
        accumulate(
          phase.devices[rank], part: part, activities[rank], activity, seconds: stretch,
          isThrottling: state.physics.states[rank].governor.isThrottling(scenario.device),
          errorRate: conditions.symbolErrorRate[rank], into: &state.sums[rank])
      }
      remaining -= stretch
      state.time = isLast ? boundary : state.time + stretch
      if isLast { note(&state, into: &table) }
    }
  }

  private func accumulate(
    _ occupancy: Occupancy, part: Double, _ activity: Activity, _ doing: Schedule.Activity, seconds: Double,
    isThrottling: Bool, errorRate: Double, into sums: inout SampleAccumulator
  ) {
    sums.seconds += seconds
    sums.resident += activity.resident * seconds
    sums.multiprocessors += activity.multiprocessors * seconds
    sums.tensor += activity.tensor * seconds
    sums.memory += activity.memory * seconds
    sums.occupancy.nominalWork += occupancy.nominalWork * part
    sums.occupancy.sent += occupancy.sent * part
    sums.occupancy.received += occupancy.received * part
    sums.occupancy.linkSent += occupancy.linkSent * part
    sums.occupancy.linkReceived += occupancy.linkReceived * part
    sums.occupancy.creditWait += occupancy.creditWait * part
    sums.symbolErrors += (occupancy.sent + occupancy.received) * part * errorRate
    if isThrottling { sums.throttled += seconds }
    if doing == .checkpoint { sums.checkpointing += seconds }
    if doing == .evaluation { sums.evaluating += seconds }
  }

  /// Ends a sample.
  private func note(_ state: inout WorldState, into table: inout SignalTable) {
    if state.sample >= table.firstSample {
      for rank in state.sums.indices {
        var generator = streams.generator(for: .linkErrors, rank, state.sample)
        let symbol = generator.poisson(mean: state.sums[rank].symbolErrors)
        // About one symbol error in three makes a received packet unusable.
        let receive = generator.poisson(mean: state.sums[rank].symbolErrors / 3)
        table.append(
          state.sums[rank], state: state.physics.states[rank], log: state.logs[rank], errors: (symbol, receive),
          device: scenario.device)
      }
    }
    for rank in state.sums.indices { state.sums[rank] = SampleAccumulator() }
    state.sample += 1
  }

  /// Writes what the trainer and the collective library log at the end of a step.
  private func log(
    _ step: StepRecord, _ routing: Routing, _ activity: Schedule.Activity, _ state: inout WorldState
  ) {
    let devices = step.devices
    for rank in devices.indices { state.logs[rank].occupancy = devices[rank] }
    guard activity == .training else { return }
    state.curve.advance(iteration: state.iteration)
    state.iteration += 1
    for rank in devices.indices {
      var log = state.logs[rank]
      log.iterationTime = step.duration
      log.loading = step.loading[rank]
      log.sequenceLength = step.sequenceLength[rank]
      (log.loss, log.gradientNorm) = (state.curve.loss, state.curve.gradientNorm)
      (log.balancingLoss, log.routerEntropy) = (routing.balancingLoss, routing.entropy)
      record(routing, of: rank, in: &log)
      state.logs[rank] = log
    }
  }

  /// Notes the load of a device's experts and the memory that its largest load so far needed.
  private func record(_ routing: Routing, of rank: Int, in log: inout StepLog) {
    let experts = placement.experts(of: rank)
    let group = placement.group(of: rank)
    var (total, largest, largestLayer) = (0.0, 0.0, 0.0)
    for layer in 0..<scenario.workload.layers {
      var sum = 0.0
      for expert in experts {
        let tokens = routing.tokens(layer: layer, group: group, expert: expert)
        sum += tokens
        largest = max(largest, tokens)
      }
      total += sum
      largestLayer = max(largestLayer, sum)
    }
    log.expertTokens = total / Double(scenario.workload.layers * experts.count)
    log.largestExpertTokens = largest
    let need =
      scenario.device.memoryInUse + scenario.device.memoryPerLoad * largestLayer / scenario.workload.pairsPerDevice
    // The caching allocator returns memory only slowly.
    log.memoryUsed = max(need, log.memoryUsed * 0.9998)
  }
}
