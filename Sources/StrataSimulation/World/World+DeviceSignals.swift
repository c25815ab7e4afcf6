import StrataTensor

/// What the signals of a job's devices depend on.
private struct JobFacts {
  let isDown: Bool
  let isHung: Bool
  let isCheckpointing: Bool
  /// Whether the port of one of its devices is down.
  let hasDeadPort: Bool
  let ranks: [RankLog]
}

extension World {
  /// The signals of every device in a sample.
  func deviceRows(_ facts: SampleFacts) -> [Float] {
    let width = DeviceSignal.allCases.count
    var rows = [Float](repeating: 0, count: cluster.devices.count * width)
    let jobs = jobFacts(facts)
    rows.withUnsafeMutableBufferPointer { rows in
      for device in cluster.devices.indices {
        let row = DeviceRow(values: UnsafeMutableBufferPointer(rebasing: rows[device * width..<(device + 1) * width]))
        let errors = ErrorCounts(
          device: device, sample: facts.sample, activity: facts.sums[device].activity, seconds: facts.seconds,
          frailty: facts.state.devices[device].silicon.frailty, conditions: facts.conditions,
          leaf: cluster.leaf(of: device), specification, streams: streams)
        let job = occupants[device].map { jobs[$0.job] }
        let log = occupants[device].flatMap { jobs[$0.job].isDown ? nil : jobs[$0.job].ranks[$0.rank] }
        setPhysical(row, device, errors, facts)
        setData(row, device, errors, facts, job)
        setWork(row, device, log, facts, isHung: job?.isHung ?? false)
        setDefects(row, device, facts)
      }
    }
    return rows
  }

  private func jobFacts(_ facts: SampleFacts) -> [JobFacts] {
    zip(jobs, facts.state.jobs).map { job, state in
      JobFacts(
        isDown: state.lifecycle == .down, isHung: state.lifecycle == .hung,
        isCheckpointing: state.lifecycle == .checkpoint,
        hasDeadPort: job.devices.contains { !isConnected($0, facts.conditions) }, ranks: state.ranks)
    }
  }

  /// Whether neither the port of a device nor its leaf is down.
  func isConnected(_ device: Int, _ conditions: Conditions) -> Bool {
    conditions[.linkDown][device] < 0.5 && conditions[LeafQuantity.down][cluster.leaf(of: device)] < 0.5
  }

  private func setPhysical(_ row: DeviceRow, _ device: Int, _ errors: ErrorCounts, _ facts: SampleFacts) {
    let state = facts.state.devices[device]
    row[.temperature] = state.temperature
    row[.memoryTemperature] = state.memoryTemperature
    row[.power] = state.reportedPower
    row[.energy] = facts.sums[device].energy / facts.seconds * 1000
    row[.clock] = state.clock
    row[.memoryClock] = specification.memoryClock
    row[.clockReasons] = Double(state.limiting.rawValue)
    row[.powerViolation] = facts.sums[device].capped / facts.seconds * 1e9
    row[.thermalViolation] = facts.sums[device].throttled / facts.seconds * 1e9
    row[.correctedErrors] = errors.corrected
    // An error that ends a process is counted when the driver reports it.
    let uncorrected = max(errors.uncorrected, facts.xids[device] == 48 || facts.xids[device] == 94 ? 1 : 0)
    row[.uncorrectedErrors] = uncorrected
    row[.onChipErrors] = max(errors.onChip, facts.xids[device] == 95 ? 1 : 0)
    row[.correctedRemaps] = errors.remaps
    row[.uncorrectedRemaps] = uncorrected
    row[.remapFailure] = 0
    row[.pcieReplays] = errors.pcieReplays
    let width = specification.pcieWidth * facts.conditions[.pcieBandwidth][device]
    row[.pcieWidth] = [1, 2, 4, 8, 16].last { $0 <= width * 1.01 } ?? 1
    let remapped = errors.remaps > 0 ? 63.0 : 0
    row[.xid] = facts.xids[device] ?? (errors.uncorrected > 0 ? 48 : remapped)
  }

  /// The Xid that faults log in a sample, by device; the last if there are several.
  func xids(_ state: WorldState, from start: Double, to end: Double) -> [Int: Double] {
    var xids: [Int: Double] = [:]
    for number in state.begun {
      let fault = plan.faults[number]
      for xid in fault.xids where (start..<end).contains(max(fault.onset, fault.onset + xid.after)) {
        for device in fault.devices { xids[device] = Double(xid.code) }
      }
    }
    return xids
  }

  private func setData(
    _ row: DeviceRow, _ device: Int, _ errors: ErrorCounts, _ facts: SampleFacts, _ job: JobFacts?
  ) {
    let activity = facts.sums[device].activity
    let end = facts.time + facts.seconds
    let isConnected = isConnected(device, facts.conditions)
    let isUp = isConnected && LinkFlaps(device, facts.conditions, streams).seconds(from: end, to: end) == 0
    row[.transmitted] = activity.transmitted
    row[.received] = activity.received
    row[.transmitWait] = activity.creditWait * specification.transmitWaitTicks
    row[.symbolErrors] = errors.symbol
    row[.receiveErrors] = errors.receive
    row[.linkRecoveries] = errors.recoveries
    row[.linkDowned] = errors.flaps + (facts.state.isPortUp[device] && !isConnected ? 1 : 0)
    row[.portState] = isUp ? 4 : 1
    let lost = facts.conditions[.linkBandwidth][device]
    row[.portRate] = isUp ? specification.linkRate * ([1, 0.5, 0.25, 0.125].first { lost > $0 * 0.75 } ?? 0.125) : 0
    row[.outOfSequence] = errors.outOfSequence
    // Who waits for a port that is down asks again and again.
    let asks = job.map { $0.isHung && $0.hasDeadPort } ?? false
    row[.acknowledgeTimeouts] = asks ? (0.3 * facts.seconds).rounded(.up) : 0
    row[.retransmissions] = errors.retransmissions
    row[.marked] = errors.marked
    row[.notifications] = (errors.marked * 0.3).rounded()
    row[.pauses] = errors.pauses
    row[.bufferDrops] = errors.bufferDrops
    row[.linkTransmitted] = activity.linkTransmitted
    row[.linkReceived] = activity.linkReceived
    row[.linkReplays] = errors.linkReplays
    row[.linkFlitErrors] = errors.linkFlits
    row[.linkRecoveryErrors] = errors.linkRecoveries
    row[.fabricHealth] = facts.conditions[.fabricDown][device] >= 0.5 ? 1 : 0
    let goesThroughHost =
      facts.conditions[.peerToPeerOff][device] >= 0.5 || facts.conditions[.fabricDown][device] >= 0.5
    let detour = goesThroughHost ? activity.linkTransmitted : 0
    row[.hostReceived] = activity.hostReceived + 2e7 + detour
    row[.hostTransmitted] = (job?.isCheckpointing ?? false ? 1.5e9 : 0) + 1e7 + detour
    if detour > 0 { (row[.linkTransmitted], row[.linkReceived]) = (0, 0) }
  }

  private func setWork(_ row: DeviceRow, _ device: Int, _ log: RankLog?, _ facts: SampleFacts, isHung: Bool) {
    let activity = facts.sums[device].activity
    row[.utilisation] = 100 * min(1, activity.resident * 1.02)
    row[.memoryCopy] = 100 * min(1, activity.memory * 1.3)
    row[.engineActive] = min(1, activity.resident)
    row[.multiprocessorActive] = activity.multiprocessors
    row[.occupancy] = 0.28 * activity.multiprocessors
    row[.tensorActive] = activity.tensor
    row[.memoryActive] = activity.memory
    let foreign = facts.conditions[.foreignMemory][device]
    row[.memoryUsed] = (log?.memoryUsed ?? 450) + foreign
    row[.memoryReserved] = log?.memoryReserved ?? 0
    row[.hang] = isHung && activity.resident > 0.5 ? 1 : 0
    let own = log?.step ?? RankStep()
    row[.work] = log == nil ? .nan : own.work + own.hostDelay
    row[.expertWork] = log == nil ? .nan : own.expertWork
    row[.hostDelay] = log == nil ? .nan : own.hostDelay
    row[.wait] = log == nil ? .nan : own.wait + own.gradientWait
    row[.transfer] = log == nil ? .nan : own.transfer + own.gradientTransfer
    row[.pipelineWait] = log == nil ? .nan : own.pipelineWait
    row[.loadingTime] = log == nil ? .nan : own.loading
    row[.expertTokens] = log?.expertTokens ?? .nan
    row[.largestExpertTokens] = log?.largestExpertTokens ?? .nan
    row[.localGradientNorm] = log?.localGradientNorm ?? .nan
    row[.sequenceLength] = log?.sequenceLength ?? .nan
  }

  private func setDefects(_ row: DeviceRow, _ device: Int, _ facts: SampleFacts) {
    let conditions = facts.conditions
    let isOff = conditions[HostQuantity.down][cluster.host(of: device)] >= 0.5
    row[.telemetryLost] = isOff || conditions[.offBus][device] >= 0.5 ? 1 : conditions[.telemetryLost][device]
    row[.telemetryFrozen] = conditions[.telemetryFrozen][device]
    row[.profilingBlank] = conditions[.profilingBlank][device]
    row[.temperatureStuck] = conditions[.temperatureStuck][device]
  }
}
