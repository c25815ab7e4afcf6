package import StrataTelemetry
import StrataTensor

/// An expert whose gradients a defective device corrupted, and by which factor.
package struct CorruptedExpert: Sendable, Hashable {
  package let layer: Int
  package let expert: Int
  package let factor: Double
}

/// The parts of a training job that do not change.
package struct TrainingJob: Sendable {
  package let index: Int
  package let path: EntityPath
  package let workload: TrainingWorkload
  package let map: RankMap
  /// The device of each rank, and its host.
  package let devices: [Int]
  let hosts: [Int]
  let engine: StepEngine

  package init(index: Int, path: EntityPath, workload: TrainingWorkload, devices: [Int], cluster: Cluster) {
    (self.index, self.path, self.workload, self.devices) = (index, path, workload, devices)
    map = workload.map(devices: devices.count)
    hosts = devices.map { cluster.host(of: $0) }
    engine = StepEngine(
      map: map, workload: workload, specification: cluster.shape.hardware.specification, hosts: hosts)
  }

  package var routerShape: RouterShape {
    RouterShape(
      layers: workload.layers, experts: workload.experts, groups: map.expertGroups,
      pairsPerGroup: workload.pairsPerDevice * Double(workload.expertParallel))
  }

  /// Everything about a training job that changes.
  package struct State: Sendable {
    /// Until when it is known what the ranks do, in seconds from the start of the run.
    package var time: Double
    package var stepStart: Double
    package var timelines: [RankTimeline]
    package var step = 0
    package var iteration: Int
    package var savedIteration: Int
    /// Training steps that have been done, also those that a restart threw away.
    package var completed = 0
    package var lifecycle = Lifecycle.running
    package var lifecycleStart: Double
    package var lifecycleEnd = Double.infinity
    package var nextCheckpoint: Double
    package var nextEvaluation: Double
    package var interruptions: [Interruption] = []
    /// Seconds without progress that the job bears, where they differ from those of the watchdog.
    package var patience: Double?
    /// How many more batches of a bad stretch there are; nil while nothing makes batches bad.
    var badBatches: Int?
    /// How often the job has begun again.
    package var restarts = 0
    package var router: Router
    package var noise: ComputeNoise
    package var curve: TrainingCurve
    package var ranks: [RankLog]
    package var routing: Routing?
    package var log = SignalRow<JobSignal>()
    /// Experts whose gradients the last step corrupted.
    package var corruptedExperts: [CorruptedExpert] = []
    /// The last step in full, for whoever records operations, and the lines that the trainer has logged since they were
    /// last taken.
    package var lastStep: Step?
    package var lines: [TrainingLine] = []
  }

  package func initialState(time: Double, streams: RandomStreams) -> State {
    State(
      time: time, stepStart: time,
      timelines: [RankTimeline](repeating: RankTimeline(.idle, until: time), count: map.count),
      iteration: workload.firstIteration, savedIteration: workload.firstIteration, lifecycleStart: time,
      nextCheckpoint: workload.checkpoints?.every ?? .infinity,
      nextEvaluation: workload.evaluations?.every ?? .infinity,
      router: Router(routerShape, workload.router, job: index, streams: streams),
      noise: ComputeNoise(ranks: map.count, workload: workload),
      curve: TrainingCurve(positions: map.positions, job: index, streams: streams),
      ranks: [RankLog](repeating: RankLog(), count: map.count))
  }

  /// Lets the job go on between two moments and adds what its devices do to their sums, weighted by seconds.
  package func elapse(
    _ state: inout State, from start: Double, to end: Double, in context: JobContext, into sums: inout [Activity]
  ) {
    var time = start
    while time < end {
      if state.time <= time { begin(&state, in: context) }
      let stop = min(end, state.time)
      for (rank, device) in devices.enumerated() {
        state.timelines[rank].accumulate(from: time, to: stop, into: &sums[device])
      }
      time = stop
    }
  }

  /// Drops what was planned after a moment, because something has happened.
  ///
  /// - Parameter patience: Seconds until the job is ended when nothing moves from now on; nil for those of the watchdog.
  package func interrupt(_ state: inout State, at time: Double, patience: Double? = nil) {
    if state.time > time { state.time = time }
    state.patience = patience
  }

  /// Ends the attempt that is running.
  package func stop(_ state: inout State, at time: Double, seconds: Double? = nil, streams: RandomStreams) {
    guard state.lifecycle != .down else { return }
    interrupt(&state, at: time)
    enter(.down, at: time, &state)
    var generator = streams.generator(for: .restart, index, state.restarts)
    state.lifecycleEnd = time + (seconds ?? generator.logNormal(median: workload.restart, spread: 0.4))
  }

  /// Saves what has been learnt, ends the attempt that is running and lets the next begin after some seconds.
  package func restart(_ state: inout State, at time: Double, seconds: Double, streams: RandomStreams) {
    guard state.lifecycle != .down else { return }
    // The step that is under way is lost.
    let begun = state.lifecycle == .running && state.time > time ? 1 : 0
    if state.lifecycle != .hung { state.savedIteration = max(state.savedIteration, state.iteration - begun) }
    stop(&state, at: time, seconds: seconds, streams: streams)
  }

  private func enter(_ lifecycle: Lifecycle, at time: Double, _ state: inout State) {
    if state.lifecycle != .running {
      state.interruptions.append(Interruption(what: state.lifecycle, start: state.lifecycleStart, end: time))
    }
    state.lifecycle = lifecycle
    state.lifecycleStart = time
    state.lifecycleEnd = .infinity
    state.lines.append(.entered(lifecycle, time: time, iteration: state.iteration))
  }

  /// Decides what comes next and lets it begin.
  private func begin(_ state: inout State, in context: JobContext) {
    state.stepStart = state.time
    updateLifecycle(&state, in: context)
    switch state.lifecycle {
    case .running: runStep(.training, &state, in: context)
    case .evaluation: runStep(.evaluation, &state, in: context)
    case .checkpoint, .down: pause(.idle, &state)
    case .hung: pause(.spinning, &state, except: blockers(in: context).subtracting(spinners(in: context)))
    }
  }

  private func updateLifecycle(_ state: inout State, in context: JobContext) {
    let time = state.time
    if state.lifecycle == .down {
      guard time >= state.lifecycleEnd, blockers(in: context).isEmpty else { return }
      state.restarts += 1
      state.patience = nil
      state.iteration = state.savedIteration
      for rank in state.ranks.indices { state.ranks[rank].memoryUsed = 0 }
      enter(.running, at: time, &state)
    }
    if state.lifecycle == .hung {
      guard !blockers(in: context).isEmpty else {
        // A link that comes back before the watchdog lets the collective go on.
        enter(.running, at: time, &state)
        return
      }
      if time >= state.lifecycleEnd { stop(&state, at: time, streams: context.streams) }
      return
    }
    if state.lifecycle == .checkpoint || state.lifecycle == .evaluation {
      if time < state.lifecycleEnd { return }
      if state.lifecycle == .evaluation {
        state.log[.validationLoss] = state.curve.validationLoss
        state.lines.append(.validated(loss: state.curve.validationLoss, time: time, iteration: state.iteration))
      }
      enter(.running, at: time, &state)
    }
    if !blockers(in: context).isEmpty {
      enter(.hung, at: time, &state)
      state.lifecycleEnd = time + (state.patience ?? workload.watchdog)
      return
    }
    startPause(&state, in: context)
  }

  private func startPause(_ state: inout State, in context: JobContext) {
    let time = state.time
    if let pause = workload.checkpoints, time >= state.nextCheckpoint {
      enter(.checkpoint, at: time, &state)
      let slowest = hosts.reduce(1.0) { min($0, context.conditions[.diskSpeed][$1]) }
      let speed = min(context.conditions[.writeBandwidth], slowest)
      state.lifecycleEnd = time + duration(of: pause, state, context) / max(0.01, speed)
      state.savedIteration = state.iteration
      while state.nextCheckpoint <= time { state.nextCheckpoint += pause.every }
    } else if let pause = workload.evaluations, time >= state.nextEvaluation {
      enter(.evaluation, at: time, &state)
      state.lifecycleEnd = time + duration(of: pause, state, context)
      while state.nextEvaluation <= time { state.nextEvaluation += pause.every }
    }
  }

  private func duration(of pause: PeriodicPause, _ state: State, _ context: JobContext) -> Double {
    var generator = context.streams.generator(for: .pause, index, state.interruptions.count)
    return pause.duration * (0.85 + 0.3 * generator.uniformDouble())
  }

  /// The devices without which no collective ends.
  package func blockers(in context: JobContext) -> Set<Int> {
    guard context.conditions.isDisturbed else { return [] }
    return Set(devices.filter { context.conditions.blocks($0, in: context.cluster) })
  }

  /// The blockers whose own kernels are running and wait as well.
  private func spinners(in context: JobContext) -> Set<Int> {
    let conditions = context.conditions
    let (stuck, gone, down) = (conditions[.stuck], conditions[.offBus], conditions[HostQuantity.down])
    return Set(devices.filter { stuck[$0] < 0.5 && gone[$0] < 0.5 && down[context.cluster.host(of: $0)] < 0.5 })
  }

  /// A second or two in which all ranks do the same.
  private func pause(_ activity: Activity, _ state: inout State, except idle: Set<Int> = []) {
    state.time = min(state.time + 2, max(state.time + 0.01, state.lifecycleEnd))
    for (rank, device) in devices.enumerated() {
      state.timelines[rank] = RankTimeline(idle.contains(device) ? .idle : activity, until: state.time)
    }
  }
}
