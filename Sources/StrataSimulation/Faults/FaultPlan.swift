import StrataTelemetry
import StrataTensor

/// Everything that a scenario and a seed decide to let happen.
package struct FaultPlan: Sendable {
  package var faults: [FaultInjection]
  package let episodes: [BenignEpisode]

  /// - Precondition: The scenario has no problem.
  package init(_ scenario: Scenario, cluster: Cluster, placement: ExpertPlacement, streams: RandomStreams) {
    var generator = streams.generator(for: .placement)
    var specifications = scenario.faults
    if let random = scenario.randomFaults {
      specifications += Self.scatter(random, over: scenario, generator: &generator)
    }
    let busy = specifications.compactMap(\.entity)
    var free = cluster.devices.indices.filter { !busy.contains(cluster.devices[$0]) }
    faults = specifications.map { fault in
      let chosen = free.isEmpty ? generator.index(below: cluster.devices.count) : Self.take(&free, &generator)
      let device = fault.entity.flatMap { cluster.device(at: $0) } ?? chosen
      return Self.injection(fault, device: device, cluster: cluster, placement: placement)
    }
    .sorted { ($0.onset, $0.kind.rawValue) < ($1.onset, $1.kind.rawValue) }
    episodes = scenario.benign.map { episode in
      let chosen = generator.index(below: cluster.shape.hosts)
      let host =
        episode.kind == .dataLoading ? episode.entity.flatMap { cluster.host(at: $0) } ?? chosen : nil
      return BenignEpisode(
        kind: episode.kind, entity: host.map { cluster.hosts[$0] } ?? cluster.path, host: host, onset: episode.at,
        duration: episode.duration, severity: episode.severity)
    }
  }

  private static func take(_ free: inout [Int], _ generator: inout Generator) -> Int {
    free.remove(at: generator.index(below: free.count))
  }

  private static func injection(
    _ fault: FaultSpecification, device: Int, cluster: Cluster, placement: ExpertPlacement
  ) -> FaultInjection {
    let expert = fault.kind == .hotExpert ? fault.expert ?? placement.experts(of: device).lowerBound : nil
    let ranks = expert.map { placement.devices(holding: $0) } ?? [device]
    return FaultInjection(
      kind: fault.kind, culprits: ranks.map { cluster.devices[$0] }, ranks: ranks, expert: expert, onset: fault.at,
      duration: fault.duration, severity: fault.severity, shape: fault.onset ?? fault.kind.usualOnset.shape,
      ramp: fault.ramp ?? fault.kind.usualOnset.ramp)
  }

  /// One fault in each of equally long parts of the time after training, the kinds in turn from a random first.
  private static func scatter(
    _ random: RandomFaults, over scenario: Scenario, generator: inout Generator
  ) -> [FaultSpecification] {
    let slot = (scenario.duration - scenario.training) / Double(random.count)
    let offset = generator.index(below: random.kinds.count)
    return (0..<random.count).map { i in
      func pick(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniformDouble()
      }
      let duration = pick(random.duration)
      let severity = pick(random.severity)
      // Room at both ends of the slot lets one fault's heat die down before the next begins.
      let room = slot - duration - RandomFaults.recovery
      let at = scenario.training + Double(i) * slot + room * generator.uniformDouble()
      return FaultSpecification(
        kind: random.kinds[(i + offset) % random.kinds.count], at: at.rounded(.down), duration: duration.rounded(.down),
        severity: severity)
    }
  }
}
