import StrataTensor

extension World {
  /// Seconds that a restart takes for which everything is ready.
  private static let briefRestart = 60.0

  /// Lets faults that begin now strike the jobs they hit.
  func begin(_ faults: [Int], _ state: inout WorldState, _ conditions: Conditions, at time: Double) {
    for number in faults where !state.begun.contains(number) {
      let fault = plan.faults[number]
      guard time >= fault.onset && time < fault.end else { continue }
      state.begun.insert(number)
      strike(fault, &state, at: time)
    }
    for (number, episode) in plan.episodes.enumerated() where episode.kind == .plannedRestart {
      // Once when it begins and once when it ends.
      let changes = (time >= episode.onset ? 1 : 0) + (time >= episode.end ? 1 : 0)
      guard state.restarted[number, default: 0] < changes else { continue }
      state.restarted[number] = changes
      restart(episode, &state, at: time)
    }
    if conditions.isDisturbed { collect(&state, conditions, at: time) }
  }

  /// Ends the jobs of an episode after saving them, and lets them begin again.
  private func restart(_ episode: BenignEpisode, _ state: inout WorldState, at time: Double) {
    for job in training where episode.targets.jobs.contains(job.index) {
      job.restart(&state.training[job.index], at: time, seconds: Self.briefRestart, streams: streams)
    }
    for (i, job) in serving.enumerated() where episode.targets.jobs.contains(job.index) {
      for device in job.devices { job.stop(&state.serving[i], device: device, at: time) }
    }
  }

  private func strike(_ fault: FaultInjection, _ state: inout WorldState, at time: Double) {
    let devices = Set(fault.devices)
    for job in training where fault.job == job.index || !devices.isDisjoint(with: job.devices) {
      if fault.card.atRestart {
        job.stop(&state.training[job.index], at: time, seconds: Self.briefRestart, streams: streams)
        continue
      }
      switch fault.outcome {
      case .none: break
      case .hang: job.interrupt(&state.training[job.index], at: time)
      case .crash: job.stop(&state.training[job.index], at: time, streams: streams)
      case .abort: job.interrupt(&state.training[job.index], at: time, patience: 10)
      }
    }
    guard fault.outcome == .crash || fault.outcome == .abort else { return }
    for (i, job) in serving.enumerated() {
      for device in fault.devices { job.stop(&state.serving[i], device: device, at: time) }
    }
  }

  /// Ends processes that have run out of memory.
  private func collect(_ state: inout WorldState, _ conditions: Conditions, at time: Double) {
    let (lost, gone) = (conditions[DeviceQuantity.memoryLost], conditions[HostQuantity.memoryLost])
    for job in training {
      let isFull = zip(job.devices, state.training[job.index].ranks).contains { device, rank in
        lost[device] >= 1 || rank.memoryUsed > specification.memory
      }
      if isFull { job.stop(&state.training[job.index], at: time, streams: streams) }
    }
    for host in state.hosts.indices {
      let isFull = gone[host] >= 1
      if isFull && !state.hosts[host].isFull {
        state.hosts[host].kills += 1
        let devices = cluster.devices(ofHost: host)
        for job in training where job.devices.contains(where: devices.contains) {
          job.stop(&state.training[job.index], at: time, streams: streams)
        }
      }
      state.hosts[host].isFull = isFull
    }
  }

  /// Replaces what was broken when a job that it ended is about to begin again.
  func repair(_ faults: [Int], _ state: inout WorldState, before end: Double) {
    for job in training where state.training[job.index].lifecycle == .down {
      let time = state.training[job.index].lifecycleEnd
      guard time < end else { continue }
      let devices = Set(job.devices)
      for number in faults where state.begun.contains(number) && state.repaired[number] == nil {
        let fault = plan.faults[number]
        guard fault.outcome != .none, !fault.outlastsRestart, time < fault.end,
          !devices.isDisjoint(with: fault.devices)
        else { continue }
        state.repaired[number] = time
        if fault.card.unit.isHardware { replace(fault.devices, &state) }
      }
    }
  }

  private func replace(_ devices: [Int], _ state: inout WorldState) {
    for device in devices {
      let generation = state.devices[device].generation + 1
      state.devices[device] = DeviceState(
        settledAt: specification.idlePower,
        silicon: Silicon(device: device, generation: generation, streams: streams), specification)
      state.devices[device].generation = generation
    }
  }
}

extension FaultCard.Unit {
  /// Whether repairing it means another machine.
  var isHardware: Bool {
    switch self {
    case .device, .nic, .host: true
    case .rank, .rack, .leaf, .fabric, .storage, .job, .expert, .sensor: false
    }
  }
}
