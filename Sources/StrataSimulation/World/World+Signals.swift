import StrataTensor

/// What the signals of one sample are made from.
struct SampleFacts {
  let state: WorldState
  let sums: [DeviceSums]
  let conditions: Conditions
  /// The sample, and when it begins and ends.
  let sample: Int
  let time: Double
  let seconds: Double
  /// The Xids of the sample, by device.
  let xids: [Int: Double]
}

extension World {
  /// How many entities there are of each kind.
  package var entityCounts: [Int] {
    let shapes = jobs.map(\.routerShape)
    return [
      cluster.devices.count, cluster.hosts.count, jobs.count, shapes.reduce(0) { $0 + $1.layers },
      shapes.reduce(0) { $0 + $1.layers * $1.experts },
    ]
  }

  /// Notes the exact signals of every entity at the end of a sample.
  func note(
    _ state: WorldState, _ sums: [DeviceSums], _ conditions: Conditions, into block: inout SignalBlock
  ) {
    let time = Double(state.sample) * scenario.interval
    let facts = SampleFacts(
      state: state, sums: sums, conditions: conditions, sample: state.sample, time: time, seconds: scenario.interval,
      xids: xids(state, from: time, to: time + scenario.interval))
    block.append(deviceRows(facts), of: .device)
    block.append(hostRows(facts), of: .host)
    var (jobRows, routerRows, expertRows) = ([Float](), [Float](), [Float]())
    for (job, own) in zip(jobs, state.jobs) {
      var log = own.log
      if job.index < training.count {
        log[.iteration] = Double(state.training[job.index].completed - state.completed[job.index])
      }
      log[.checkpointing] = own.lifecycle == .checkpoint ? 1 : 0
      log[.evaluating] = own.lifecycle == .evaluation ? 1 : 0
      if facts.lost(conditions.jobs[job.index][.logLoss], streams: streams, job.index) { log = SignalRow() }
      jobRows += log.values.map { Float($0) }
      appendRouters(of: job, own, facts, &routerRows, &expertRows)
    }
    block.append(jobRows, of: .job)
    block.append(routerRows, of: .router)
    block.append(expertRows, of: .expert)
    block.endSample()
  }

  private func appendRouters(
    of job: any SimulatedJob, _ state: any SimulatedJobState, _ facts: SampleFacts, _ routers: inout [Float],
    _ experts: inout [Float]
  ) {
    let shape = job.routerShape
    guard let routing = state.routing else {
      routers += [Float](repeating: .nan, count: shape.layers * RouterSignal.allCases.count)
      experts += [Float](repeating: .nan, count: shape.layers * shape.experts * ExpertSignal.allCases.count)
      return
    }
    let router = state.router
    let gradient = state.log[.gradientNorm]
    for layer in 0..<shape.layers {
      let own = routing.layers[layer]
      for value in [
        own.balancingLoss, own.zLoss, own.entropy, own.maximalViolation, own.deadFraction, own.dropRate,
        own.largestBias,
      ] { routers.append(Float(value)) }
      for expert in 0..<shape.experts {
        var tokens = 0.0
        for group in 0..<shape.groups { tokens += routing.tokens(layer: layer, group: group, expert: expert) }
        let place = layer * shape.experts + expert
        var corruption = 1.0
        for corrupted in state.corruptedExperts where corrupted.expert == expert && corrupted.layer == layer {
          corruption *= corrupted.factor
        }
        let share = tokens / Double(shape.groups) / shape.pairsPerGroup * Double(shape.experts)
        let norm = router.norms[place]
        experts.append(Float(tokens / Double(shape.groups)))
        // A norm of gradients grows with the root of the tokens; what an expert does not put out, it does not learn from.
        let usual = gradient.isFinite ? gradient : 0.3
        experts.append(Float(usual / Double(shape.experts).squareRoot() * share.squareRoot() * norm * corruption))
        experts.append(Float(20 * norm * (1 + 0.01 * logarithm(max(1, corruption)))))
        experts.append(Float(router.bias(layer: layer, expert: expert)))
      }
    }
  }

  private func deviceRows(_ facts: SampleFacts) -> [Float] {
    let width = DeviceSignal.allCases.count
    var rows = [Float](repeating: 0, count: cluster.devices.count * width)
    let hung = hungJobs(facts.state)
    let states = facts.state.jobs
    rows.withUnsafeMutableBufferPointer { rows in
      for device in cluster.devices.indices {
        let row = DeviceRow(values: UnsafeMutableBufferPointer(rebasing: rows[device * width..<(device + 1) * width]))
        let errors = ErrorCounts(
          device: device, sample: facts.sample, activity: facts.sums[device].activity, seconds: facts.seconds,
          frailty: facts.state.devices[device].silicon.frailty, conditions: facts.conditions,
          leaf: cluster.leaf(of: device), specification, streams: streams)
        setPhysical(row, device, errors, facts)
        setData(row, device, errors, facts, isHung: occupants[device].map { hung.contains($0.job) } ?? false)
        let log = occupants[device].map { states[$0.job].ranks[$0.rank] }
        let isDown = occupants[device].map { states[$0.job].lifecycle == .down } ?? true
        setWork(
          row, device, isDown ? nil : log, facts, isHung: occupants[device].map { hung.contains($0.job) } ?? false)
        setDefects(row, device, facts)
      }
    }
    return rows
  }

  private func hungJobs(_ state: WorldState) -> Set<Int> {
    Set(training.indices.filter { state.training[$0].lifecycle == .hung })
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
    _ row: DeviceRow, _ device: Int, _ errors: ErrorCounts, _ facts: SampleFacts, isHung: Bool
  ) {
    let activity = facts.sums[device].activity
    let leaf = cluster.leaf(of: device)
    let end = facts.time + facts.seconds
    let isConnected =
      facts.conditions[.linkDown][device] < 0.5 && facts.conditions[LeafQuantity.down][leaf] < 0.5
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
    row[.acknowledgeTimeouts] = isHung && hasDeadPort(facts) ? (0.3 * facts.seconds).rounded(.up) : 0
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
    let checkpointing = occupants[device].map { facts.state.jobs[$0.job].lifecycle == .checkpoint } ?? false
    let goesThroughHost =
      facts.conditions[.peerToPeerOff][device] >= 0.5 || facts.conditions[.fabricDown][device] >= 0.5
    let detour = goesThroughHost ? activity.linkTransmitted : 0
    row[.hostReceived] = activity.hostReceived + 2e7 + detour
    row[.hostTransmitted] = (checkpointing ? 1.5e9 : 0) + 1e7 + detour
    if detour > 0 { (row[.linkTransmitted], row[.linkReceived]) = (0, 0) }
  }

  private func hasDeadPort(_ facts: SampleFacts) -> Bool {
    facts.conditions[.linkDown].contains { $0 >= 0.5 } || facts.conditions[LeafQuantity.down].contains { $0 >= 0.5 }
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

  private func hostRows(_ facts: SampleFacts) -> [Float] {
    let width = HostSignal.allCases.count
    var rows = [Float](repeating: 0, count: cluster.hosts.count * width)
    rows.withUnsafeMutableBufferPointer { rows in
      for host in cluster.hosts.indices {
        setHost(
          HostRow(values: UnsafeMutableBufferPointer(rebasing: rows[host * width..<(host + 1) * width])), host, facts)
      }
    }
    return rows
  }

  private func setHost(_ row: HostRow, _ host: Int, _ facts: SampleFacts) {
    var generator = streams.generator(for: .host, host, facts.sample)
    let conditions = facts.conditions
    let devices = cluster.devices(ofHost: host)
    let job = occupants[devices.lowerBound]?.job
    let lifecycle = job.map { facts.state.jobs[$0].lifecycle } ?? .down
    let busy = conditions[.processorLoad][host]
    let own = facts.state.hosts[host]
    let fans = conditions[.fanSpeed][host]
    let heat = devices.reduce(0) { $0 + facts.state.devices[$1].thermal.sink } / Double(devices.count)
    row[.inlet] = airAtInlet(host, facts)
    row[.fanSpeed] = fans * (5200 + 160 * heat)
    row[.power] =
      specification.hostPower * (0.82 + 0.25 * busy + 0.006 * heat)
      + devices.reduce(0) { $0 + facts.state.devices[$1].reportedPower }
    row[.processorThrottles] = conditions[.processorClock][host] < 0.9 ? (5 * facts.seconds).rounded() : 0
    row[.correctedErrors] = generator.poisson(
      mean: (0.01 + conditions[HostQuantity.correctedErrors][host]) * facts.seconds / 3600)
    row[.uncorrectedErrors] = 0
    let saving = lifecycle == .checkpoint
    let disk = conditions[.diskSpeed][host]
    let storage = saving ? 1 / max(0.02, conditions[.writeBandwidth]) : 1
    row[.diskBusy] = min(1, (saving ? 0.35 : 0.02) * storage / disk + (disk < 1 ? 0.6 * (1 - disk) : 0))
    let loading = conditions[.loadingTime][host] * conditions[.readLatency]
    let steps = job.map { facts.state.jobs[$0].log[.iterationTime] } ?? .nan
    let progress = lifecycle == .running && steps.isFinite ? 1 / max(steps, 0.1) : 0
    row[.frontReceived] = 6e8 * progress / (1 + 0.05 * (loading - 1)) + 2e6
    row[.frontTransmitted] = saving ? 9e8 * conditions[.writeBandwidth] * min(1, disk) : 1e6
    // A host that has hardly any memory left swaps.
    let lost = min(1, conditions[HostQuantity.memoryLost][host])
    let scarcity = max(0, lost - 0.3) / 0.7
    row[.diskBusy] = min(1, row[.diskBusy] + 0.5 * scarcity)
    row[.storageReadTime] = 0.004 * loading * (0.9 + 0.2 * generator.uniformDouble())
    row[.storageQueueTime] = (saving ? 0.02 * storage * storage : 0.0005) * loading
    row[.ioPressure] = min(
      1, 0.002 * loading + (saving ? 0.05 * storage : 0) + (disk < 1 ? 0.3 * (1 - disk) : 0) + 0.4 * scarcity)
    row[.retransmissions] = generator.poisson(mean: 0.02 * facts.seconds)
    let running = lifecycle == .running || lifecycle == .evaluation || lifecycle == .hung
    row[.processorBusy] = (running ? 14 : 1.5) + pausing(host, facts) + busy * (specification.hostCores - 14)
    row[.processorWaiting] = min(specification.hostCores, 4 * Double(row[.ioPressure]))
    row[.load] = own.load
    row[.processorPressure] = min(1, max(0, busy - 0.3) * 0.8 + 0.3 * scarcity + 0.001)
    row[.memoryAvailable] = 0.72 * specification.hostMemory * (1 - lost) * 1_048_576
    row[.kills] = own.kills
    row[.contextSwitches] = (running ? 9e4 : 8e3) + 9e5 * busy
    setDefects(row, host, facts)
  }

  /// How many cores are busy with something else than launching, while their devices wait for it.
  private func pausing(_ host: Int, _ facts: SampleFacts) -> Double {
    cluster.devices(ofHost: host).reduce(0) { sum, device in
      guard let own = occupants[device] else { return sum }
      let job = facts.state.jobs[own.job]
      let duration = job.log[.iterationTime]
      guard job.lifecycle == .running, duration.isFinite, duration > 0 else { return sum }
      return sum + min(1, job.ranks[own.rank].step.hostDelay / duration)
    }
  }

  private func setDefects(_ row: HostRow, _ host: Int, _ facts: SampleFacts) {
    let conditions = facts.conditions
    row[.scrapeLoss] = conditions[HostQuantity.down][host] >= 0.5 ? 1 : conditions[.scrapeLoss][host]
    row[.clockOffset] = conditions[.clockOffset][host]
    row[.counterResets] = conditions[.counterResets][host]
    row[.duplicateScrapes] = conditions[.duplicateScrapes][host]
  }

  private func airAtInlet(_ host: Int, _ facts: SampleFacts) -> Double {
    climate.air(atHost: host, time: facts.time) + facts.conditions[.inletRise][host]
  }
}

extension SampleFacts {
  /// Whether something that is lost with a probability is lost in this sample.
  func lost(_ probability: Double, streams: RandomStreams, _ index: Int) -> Bool {
    guard probability > 0 else { return false }
    var generator = streams.generator(for: .scrape, -1 - index, sample)
    return generator.uniformDouble() < probability
  }
}

/// The signals of one entity in the sample that is being written.
struct SignalRowView<Signal: SignalSet> {
  let values: UnsafeMutableBufferPointer<Float>

  subscript(signal: Signal) -> Double {
    get { Double(values[signal.rawValue]) }
    nonmutating set { values[signal.rawValue] = Float(newValue) }
  }
}

typealias DeviceRow = SignalRowView<DeviceSignal>
typealias HostRow = SignalRowView<HostSignal>
