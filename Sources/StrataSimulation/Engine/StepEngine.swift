import StrataTensor

/// Runs one step of a synchronous data-parallel, expert-parallel job.
///
/// The events are operations and collectives. An operation starts when its device is free; a collective starts when its
/// last member arrives and ends when its slowest member's bytes have moved. So a slow device makes its whole group wait,
/// and has itself the longest work and the shortest wait.
package struct StepEngine: Sendable {
  package enum Kind: Sendable {
    /// Forward, backward, gradients, optimiser.
    case training
    /// Forward only.
    case evaluation
  }

  package let cluster: Cluster
  package let placement: ExpertPlacement
  package let workload: Workload
  package let device: DeviceSpecification
  package let streams: RandomStreams

  package init(
    cluster: Cluster, placement: ExpertPlacement, workload: Workload, device: DeviceSpecification,
    streams: RandomStreams
  ) {
    (self.cluster, self.placement, self.workload) = (cluster, placement, workload)
    (self.device, self.streams) = (device, streams)
  }

  /// The part of a layer's work that is done forward; backward does the rest.
  private static let forwardShare = 1.0 / 3

  /// - Parameters:
  ///   - number: Which step of the run this is; addresses its randomness.
  ///   - speeds: How fast each device computes, relative to a nominal device at its highest clock.
  package func run(
    _ kind: Kind, number: Int, speeds: [Double], routing: Routing, conditions: Conditions, noise: inout ComputeNoise
  ) -> StepRecord {
    noise.begin(step: number, streams: streams)
    let (loading, costs) = inputs(number: number, conditions: conditions)
    var devices = [Occupancy](repeating: Occupancy(), count: cluster.devices.count)
    var ends = [Double](repeating: 0, count: placement.groupCount)
    for group in 0..<placement.groupCount {
      ends[group] = runLayers(
        kind, group: group, loading: loading, costs: costs, speeds: speeds, routing: routing, conditions: conditions,
        noise: &noise, devices: &devices)
    }
    let end = ends.max() ?? 0
    for rank in devices.indices { devices[rank].wait += end - ends[placement.group(of: rank)] }
    var phases = [Phase(duration: end, devices: devices)]
    if kind == .training { phases.append(exchangeGradients(conditions: conditions, speeds: speeds, noise: &noise)) }
    return StepRecord(phases: phases, loading: loading, sequenceLength: costs.map { $0 * workload.sequenceLength })
  }

  /// Data-loading seconds and the relative sequence length of each device.
  private func inputs(number: Int, conditions: Conditions) -> (loading: [Double], costs: [Double]) {
    let hosts = (0..<cluster.shape.hosts).map { host in
      var generator = streams.generator(for: .loading, number, host)
      return generator.logNormal(median: workload.loadingSeconds, spread: workload.loadingSpread)
        * conditions.loading[host]
    }
    var (loading, costs) = ([Double](), [Double]())
    for rank in cluster.devices.indices {
      var generator = streams.generator(for: .sequence, number, rank)
      loading.append(hosts[cluster.host(of: rank)] * (1 + 0.1 * generator.uniformDouble()))
      costs.append(generator.unitMeanLogNormal(variation: conditions.sequenceVariation))
    }
    return (loading, costs)
  }

  /// Runs every layer of one group and returns when it ends, in seconds from the start of the step.
  private func runLayers(
    _ kind: Kind, group: Int, loading: [Double], costs: [Double], speeds: [Double], routing: Routing,
    conditions: Conditions, noise: inout ComputeNoise, devices: inout [Occupancy]
  ) -> Double {
    let members = placement.members(of: group)
    let dense = workload.denseSeconds / Double(workload.layers)
    let expert = workload.expertSeconds / Double(workload.layers)
    let layers = (0..<workload.layers).map { layer in
      let loads = members.map { rank in
        placement.experts(of: rank).reduce(0) { $0 + routing.tokens(layer: layer, group: group, expert: $1) }
      }
      let exchange = TokenExchange(
        loads: loads, devices: members, cluster: cluster, workload: workload, device: device,
        bandwidth: conditions.bandwidth)
      return (loads: loads.map { $0 / workload.pairsPerDevice }, exchange: exchange.members)
    }
    let denseCosts = costs.map { 1 - workload.attentionShare + workload.attentionShare * $0 }
    var collective = Collective(members: members)
    for rank in members {
      collective.delay(rank, by: loading[rank])
      devices[rank].idle += loading[rank]
    }
    let backward = kind == .training ? layers.indices.reversed().map { ($0, 1 - Self.forwardShare) } : []
    for (layer, share) in layers.indices.map({ ($0, Self.forwardShare) }) + backward {
      let (loads, exchange) = layers[layer]
      let hidden = workload.overlap * dense * share
      for (i, rank) in members.enumerated() {
        collective.work(rank, dense * share * denseCosts[rank], pace: noise.next(rank) / speeds[rank], &devices)
        devices[rank].sent += exchange[i].sent + exchange[i].received
        devices[rank].received += exchange[i].received + exchange[i].sent
        devices[rank].linkSent += exchange[i].linkSent + exchange[i].linkReceived
        devices[rank].linkReceived += exchange[i].linkReceived + exchange[i].linkSent
        devices[rank].creditWait += exchange[i].dispatchCreditWait + exchange[i].combineCreditWait
      }
      collective.meet(&devices) { max(0, exchange[$0].duration - hidden) }
      for (i, rank) in members.enumerated() {
        let before = devices[rank].work
        collective.work(rank, expert * share * loads[i], pace: noise.next(rank) / speeds[rank], &devices)
        devices[rank].expertWork += devices[rank].work - before
      }
      collective.meet(&devices) { max(0, exchange[$0].duration - hidden) }
    }
    return collective.time
  }

  /// Reduce-scatter, optimiser, all-gather over all devices.
  private func exchangeGradients(conditions: Conditions, speeds: [Double], noise: inout ComputeNoise) -> Phase {
    let all = 0..<cluster.devices.count
    let hosts = Double(cluster.shape.hosts)
    let perHost = Double(cluster.shape.devicesPerHost)
    let replicas = Double(placement.groupCount)
    // Hierarchical rings: within a host over NVLink, then one eighth of the rest over each network link.
    let bytes =
      workload.denseGradientBytes / perHost * (hosts - 1) / hosts
      + workload.expertGradientBytes * (replicas - 1) / replicas
    let linkBytes = workload.denseGradientBytes * (perHost - 1) / perHost
    let durations = all.map { rank in
      device.collectiveLatency
        + max(bytes / (device.linkBandwidth * conditions.bandwidth[rank]), linkBytes / device.nvlinkBandwidth)
    }
    var devices = [Occupancy](repeating: Occupancy(), count: all.count)
    var collective = Collective(members: all)
    collective.meet(&devices) { durations[$0] }
    for rank in all {
      collective.work(rank, workload.optimizerSeconds, pace: noise.next(rank) / speeds[rank], &devices)
    }
    collective.meet(&devices) { durations[$0] }
    for rank in all {
      devices[rank].sent += 2 * bytes
      devices[rank].received += 2 * bytes
      devices[rank].linkSent += 2 * linkBytes
      devices[rank].linkReceived += 2 * linkBytes
      devices[rank].creditWait += 2 * bytes / device.linkBandwidth * (1 / conditions.bandwidth[rank] - 1)
    }
    return Phase(duration: collective.time, devices: devices)
  }
}
