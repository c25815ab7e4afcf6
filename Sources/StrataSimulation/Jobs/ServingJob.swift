package import StrataTelemetry
import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parts of a serving job that do not change.
package struct ServingJob: Sendable {
  package let index: Int
  package let path: EntityPath
  package let workload: ServingWorkload
  package let devices: [Int]

  package init(index: Int, path: EntityPath, workload: ServingWorkload, devices: [Int]) {
    (self.index, self.path, self.workload, self.devices) = (index, path, workload, devices)
  }

  package var replicaCount: Int { devices.count / workload.devicesPerReplica }

  package var routerShape: RouterShape {
    RouterShape(
      layers: workload.layers, experts: workload.experts, groups: replicaCount,
      pairsPerGroup: 4096 * Double(workload.expertsPerToken))
  }

  /// Everything about a serving job that changes.
  package struct State: Sendable {
    var replicas: [Replica]
    /// Until when each replica is down, and since when it has made no progress.
    var downUntil: [Double]
    var stalledSince: [Double?]
    package var router: Router
    package var routing: Routing?
    package var ranks: [RankLog]
    package var log = SignalRow<JobSignal>()
    package var tick = 0
    package var restarts = 0
    package var interruptions: [Interruption] = []
  }

  package func initialState(time: Double, streams: RandomStreams) -> State {
    let replicas = (0..<replicaCount).map {
      Replica(workload, number: (index << 20) + $0, time: time, streams: streams)
    }
    return State(
      replicas: replicas, downUntil: [Double](repeating: -.infinity, count: replicaCount),
      stalledSince: [Double?](repeating: nil, count: replicaCount),
      router: Router(routerShape, workload.router, job: index, streams: streams),
      ranks: [RankLog](repeating: RankLog(), count: devices.count))
  }

  /// Lets the replicas go on between two moments and adds what their devices do to their sums, weighted by seconds.
  package func elapse(
    _ state: inout State, from start: Double, to end: Double, in context: JobContext, into sums: inout [Activity]
  ) {
    let routing = state.router.route(step: state.tick, conditions: context.conditions.jobs[index])
    var total = Replica.Account()
    for replica in state.replicas.indices {
      let account = advance(replica, &state, from: start, to: end, routing, in: context, into: &sums)
      total.firstTokens += account.firstTokens
      total.firstTokenTime += account.firstTokenTime
      total.finished += account.finished
      total.generated += account.generated
      total.busy += account.busy
      total.iterations += account.iterations
    }
    state.routing = routing
    state.tick += 1
    log(total, seconds: end - start, &state)
  }

  /// The process of a device dies, and its replica with it.
  package func stop(_ state: inout State, device: Int, at time: Double) {
    guard let rank = devices.firstIndex(of: device) else { return }
    fail(rank / workload.devicesPerReplica, &state, at: time)
  }

  private func fail(_ replica: Int, _ state: inout State, at time: Double) {
    guard state.downUntil[replica] <= time else { return }
    state.downUntil[replica] = time + workload.restart
    state.stalledSince[replica] = nil
    state.replicas[replica].fail()
    state.restarts += 1
    state.interruptions.append(Interruption(what: .down, start: time, end: time + workload.restart))
  }

  private func advance(
    _ replica: Int, _ state: inout State, from start: Double, to end: Double, _ routing: Routing,
    in context: JobContext, into sums: inout [Activity]
  ) -> Replica.Account {
    let ranks = replica * workload.devicesPerReplica..<(replica + 1) * workload.devicesPerReplica
    if start < state.downUntil[replica] { return state.replicas[replica].advance(to: end, pace: nil, exchange: 0) }
    let stuck = ranks.filter { isBlocked(devices[$0], in: context) }
    if !stuck.isEmpty {
      let since = state.stalledSince[replica] ?? start
      state.stalledSince[replica] = since
      for rank in ranks where !stuck.contains(rank) { sums[devices[rank]].add(.spinning, weight: end - start) }
      let account = state.replicas[replica].advance(to: end, pace: nil, exchange: 0)
      if end - since >= workload.watchdog { fail(replica, &state, at: end) }
      return account
    }
    state.stalledSince[replica] = nil
    return answer(replica, ranks, &state, from: start, to: end, routing, in: context, into: &sums)
  }

  private func answer(
    _ replica: Int, _ ranks: Range<Int>, _ state: inout State, from start: Double, to end: Double, _ routing: Routing,
    in context: JobContext, into sums: inout [Activity]
  ) -> Replica.Account {
    let tick = state.tick
    let resources = ranks.map { self.resources(of: devices[$0], at: start, tick: tick, in: context) }
    var generator = context.streams.generator(for: .compute, (index << 40) + state.tick, replica)
    let paces = resources.map { $0.pace * (1 + workload.computeNoise * generator.normalDouble()) }
    let loads = relativeLoads(of: routing, replica: replica)
    var slowest = 0.0
    for (pace, load) in zip(paces, loads) { slowest = max(slowest, pace * (0.5 + 0.5 * load)) }
    let hosts = ranks.map { context.cluster.host(of: devices[$0]) }
    let bytes = workload.bytesPerToken * Double(workload.expertsPerToken) / Double(ranks.count)
    let exchange = TokenExchange(
      loads: loads, hosts: hosts.map { $0 - hosts[0] }, hostCount: (hosts.last ?? 0) - hosts[0] + 1, bytes: bytes,
      resources: resources[...], context.specification)
    let perToken = 2 * Double(workload.layers) * (exchange.duration - context.specification.collectiveLatency)
    let exposed = max(0, 1 - workload.overlap) * perToken
    let delay = resources.reduce(0) { max($0, $1.launchDelay + $1.stall / 50) }
    let account = state.replicas[replica].advance(
      to: end, pace: slowest + delay / workload.iterationSeconds, exchange: exposed)
    let seconds = end - start
    let tokens = account.sequences + account.promptTokens
    let nominal =
      account.iterations * workload.iterationSeconds + account.sequences * workload.sequenceSeconds
      + account.promptTokens * workload.promptSeconds
    let transfer = min(account.busy, tokens * exposed)
    for (i, rank) in ranks.enumerated() {
      let work = min(account.busy, nominal * paces[i] * (0.5 + 0.5 * loads[i]))
      let wait = max(0, account.busy - work - transfer)
      var activity = Activity()
      // Prompts keep the tensor pipes busy; answering is bound by memory.
      let busyTensor = account.promptTokens * workload.promptSeconds
      activity.setProcessor(
        work: work, expert: min(work, busyTensor), nominal: nominal, wait: wait, transfer: transfer, duration: seconds)
      activity.tensor = (0.12 * (work - min(work, busyTensor)) + 0.55 * min(work, busyTensor)) / seconds
      activity.memory = min(1, 0.7 * nominal / seconds)
      let layers = 2 * Double(workload.layers) * tokens / seconds
      activity.setTraffic(
        port: layers * (exchange.members[i].sent + exchange.members[i].received) / 2,
        link: layers * (exchange.members[i].linkSent + exchange.members[i].linkReceived) / 2)
      activity.creditWait = min(1, layers * exchange.members[i].creditWait / 2)
      activity.incast = min(1, layers * exchange.members[i].incast / 2)
      sums[devices[rank]].add(activity, weight: seconds)
      note(rank, work: work, wait: wait, transfer: transfer, load: loads[i], account, &state)
    }
    return account
  }

  /// What a rank logs: averages per iteration.
  private func note(
    _ rank: Int, work: Double, wait: Double, transfer: Double, load: Double, _ account: Replica.Account,
    _ state: inout State
  ) {
    let iterations = max(1, account.iterations)
    state.ranks[rank].step.work = work / iterations
    state.ranks[rank].step.wait = wait / iterations
    state.ranks[rank].step.transfer = transfer / iterations
    state.ranks[rank].memoryUsed = workload.memoryInUse
    state.ranks[rank].memoryReserved = workload.memoryInUse + 1500
    state.ranks[rank].expertTokens =
      load * (account.sequences + account.promptTokens) * Double(workload.expertsPerToken)
  }

  /// The load of each rank's experts relative to an even one, averaged over layers.
  private func relativeLoads(of routing: Routing, replica: Int) -> [Double] {
    let per = max(1, workload.experts / workload.devicesPerReplica)
    return (0..<workload.devicesPerReplica).map { position in
      var tokens = 0.0
      for layer in 0..<workload.layers {
        for expert in position * per..<(position + 1) * per {
          tokens += routing.tokens(layer: layer, group: replica, expert: expert % workload.experts)
        }
      }
      return tokens / Double(workload.layers) / (routerShape.pairsPerGroup / Double(workload.devicesPerReplica))
    }
  }

  private func resources(of device: Int, at time: Double, tick: Int, in context: JobContext) -> RankResources {
    RankResources(
      device: device, state: context.devices[device], cluster: context.cluster, context.specification,
      context.conditions, time: time, stretch: 1, step: tick, job: context.conditions.jobs[index],
      collections: (0, 0), streams: context.streams)
  }

  private func isBlocked(_ device: Int, in context: JobContext) -> Bool {
    guard context.conditions.isDisturbed else { return false }
    return context.conditions.blocks(device, in: context.cluster)
  }

  private func log(_ total: Replica.Account, seconds: Double, _ state: inout State) {
    // Means over the last half minute, as an exporter's histogram gives them.
    let keep = exp(-seconds / 30)
    func smooth(_ signal: JobSignal, _ value: Double) {
      let old = state.log[signal]
      state.log[signal] = old.isNaN ? value : value + (old - value) * keep
    }
    if total.firstTokens > 0 { smooth(.firstTokenTime, total.firstTokenTime / total.firstTokens) }
    if total.iterations > 0 { smooth(.outputTokenTime, total.busy / total.iterations) }
    state.log[.running] = Double(state.replicas.reduce(0) { $0 + $1.running })
    state.log[.waiting] = Double(state.replicas.reduce(0) { $0 + $1.waiting.count })
    state.log[.cacheUsage] =
      state.replicas.reduce(0) { $0 + $1.cached } / (workload.cacheTokens * Double(max(1, replicaCount)))
    state.log[.requests] = total.finished / seconds
    state.log[.generatedTokens] = total.generated / seconds
    state.log[.restarts] = Double(state.restarts)
  }
}
