import StrataTensor

extension World {
  /// The signals of every host in a sample.
  func hostRows(_ facts: SampleFacts) -> [Float] {
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
