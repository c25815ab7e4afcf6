import StrataTelemetry
import StrataTensor

/// Everything that a scenario and a seed decide to let happen.
package struct FaultPlan: Sendable {
  package let faults: [FaultInjection]
  package let episodes: [BenignEpisode]

  /// - Precondition: The scenario has no problem.
  package init(
    _ scenario: Scenario, cluster: Cluster, jobs: [any SimulatedJob], training: [TrainingJob], streams: RandomStreams
  ) {
    var locator = FaultLocator(scenario: scenario, cluster: cluster, jobs: jobs, training: training, streams: streams)
    var specifications = scenario.faults
    if let random = scenario.randomFaults { specifications += locator.scatter(random) }
    faults = specifications.map { locator.injection($0) }.sorted {
      ($0.onset, $0.card.id, $0.roots[0]) < ($1.onset, $1.card.id, $1.roots[0])
    }
    episodes = scenario.benign.map { locator.episode($0) }
  }
}

/// Finds the places that a scenario leaves to the seed.
struct FaultLocator {
  private let scenario: Scenario
  private let cluster: Cluster
  private let jobs: [any SimulatedJob]
  private let training: [TrainingJob]
  private var generator: Generator
  private var precursors: Generator
  private let occupants: [(job: Int, rank: Int)?]
  /// Occupied devices that no fault has yet.
  private var free: [Int]

  init(
    scenario: Scenario, cluster: Cluster, jobs: [any SimulatedJob], training: [TrainingJob], streams: RandomStreams
  ) {
    (self.scenario, self.cluster, self.jobs, self.training) = (scenario, cluster, jobs, training)
    generator = streams.generator(for: .placement)
    precursors = streams.generator(for: .precursor)
    occupants = JobPlacement.occupants(of: jobs, on: cluster)
    let named = scenario.faults.compactMap(\.entity)
    let taken = Set(named.compactMap { cluster.place(at: $0) }.flatMap { cluster.devices(at: $0) })
    let occupied = occupants
    free = cluster.devices.indices.filter { occupied[$0] != nil && !taken.contains($0) }
    if free.isEmpty { free = Array(cluster.devices.indices) }
  }

  mutating func injection(_ fault: FaultSpecification) -> FaultInjection {
    let card = fault.card
    let device = takeDevice()
    let draws = (precursors.uniformDouble(), precursors.uniformDouble(), precursors.uniformDouble())
    // A fault that its scenario cuts short grows in a third of the time that it has.
    let usual = card.ramp.lowerBound + (card.ramp.upperBound - card.ramp.lowerBound) * draws.2
    let ramp = fault.ramp ?? min(usual, fault.duration / 3)
    var start: Double?
    if let precursor = card.precursor, fault.precursor ?? (draws.0 < precursor.probability) {
      let lead = precursor.lead.lowerBound + (precursor.lead.upperBound - precursor.lead.lowerBound) * draws.1
      // A straight line ends at its limit in any case, so that a weaker one begins later.
      let usual = precursor.shape == .linear ? lead * fault.severity : lead
      start = max(scenario.training, fault.at - (fault.lead ?? usual))
    }
    let index = card.variants.isEmpty ? 0 : generator.index(below: card.variants.count)
    let variant =
      fault.variant.flatMap { name in card.variants.first { $0.name == name } }
      ?? (card.variants.isEmpty ? nil : card.variants[index])
    let (roots, targets, culprits) = locate(fault, variant, chosen: device)
    return FaultInjection(
      card: card, roots: roots, culprits: culprits, targets: targets, onset: fault.at, duration: fault.duration,
      severity: fault.severity, shape: fault.onset ?? card.onset, ramp: ramp, precursorStart: start, variant: variant)
  }

  mutating func episode(_ episode: BenignSpecification) -> BenignEpisode {
    let device = free[generator.index(below: free.count)]
    let host = cluster.host(of: device)
    let named = episode.entity.flatMap { cluster.place(at: $0) }
    let entity: EntityPath
    let place: Cluster.Place
    switch episode.kind.scope {
    case .job:
      let job = jobs.first { $0.path == episode.entity } ?? jobs[occupants[device]?.job ?? 0]
      var targets = FaultTargets()
      (targets.jobs, targets.devices) = ([job.index], job.devices)
      targets.hosts = Set(job.devices.map { cluster.host(of: $0) }).sorted()
      return BenignEpisode(
        kind: episode.kind, entity: job.path, targets: targets, onset: episode.at, duration: episode.duration,
        severity: episode.severity)
    case .host: (place, entity) = (named ?? .host(host), episode.entity ?? cluster.hosts[host])
    case .leaf:
      let leaf = cluster.leaf(of: device)
      (place, entity) = (named ?? .leaf(leaf), episode.entity ?? cluster.leaves[leaf])
    case .coolingZone:
      let zone = cluster.coolingZone(ofHost: host)
      (place, entity) = (named ?? .coolingZone(zone), episode.entity ?? cluster.coolingZones[zone])
    }
    return BenignEpisode(
      kind: episode.kind, entity: entity, targets: FaultTargets(place, in: cluster, occupants: occupants),
      onset: episode.at, duration: episode.duration, severity: episode.severity)
  }

  private mutating func takeDevice() -> Int {
    let index = generator.index(below: free.count)
    return free.count > 1 ? free.remove(at: index) : free[index]
  }

  /// Roots, all that they can change, and the devices that show the cause.
  private mutating func locate(
    _ fault: FaultSpecification, _ variant: FaultVariant?, chosen device: Int
  ) -> (roots: [EntityPath], targets: FaultTargets, culprits: [EntityPath]) {
    let named = fault.entity.flatMap { cluster.place(at: $0) }
    let device = named.map { cluster.devices(at: $0)[0] } ?? device
    let host = cluster.host(of: device)
    func at(_ place: Cluster.Place, _ path: EntityPath) -> ([EntityPath], FaultTargets, [EntityPath]) {
      var targets = FaultTargets(place, in: cluster, occupants: occupants)
      if case .device(let device) = place { setExpert(of: device, layers: fault.layers, &targets) }
      return ([path], targets, targets.devices.map { cluster.devices[$0] })
    }
    switch fault.card.unit {
    case .sensor where (variant?.effects ?? []).contains { FaultQuantity($0.quantity)?.isOfHost ?? false }:
      // What is wrong is an exporter or the clock of the host; no device shows the cause.
      return ([cluster.hosts[host]], FaultTargets(.host(host), in: cluster, occupants: occupants), [])
    case .device, .nic, .rank, .sensor: return at(.device(device), cluster.devices[device])
    case .host: return at(.host(host), cluster.hosts[host])
    case .rack:
      let rack = cluster.rack(ofHost: host)
      return at(.rack(rack), cluster.racks[rack])
    case .leaf:
      if let named, case .leaf(let leaf) = named { return at(named, cluster.leaves[leaf]) }
      let leaf = cluster.leaf(of: device)
      return at(.leaf(leaf), cluster.leaves[leaf])
    case .fabric: return ([cluster.fabric], fabricTargets(around: host), [])
    case .storage: return ([cluster.storage], FaultTargets(.cluster, in: cluster, occupants: occupants), [])
    case .job: return jobTargets(fault, device: device)
    case .expert: return expertTargets(fault, device: device)
    }
  }

  /// The first expert of a device, in the first layer of its stage unless the scenario names others: what a defect of the
  /// device can corrupt.
  private func setExpert(of device: Int, layers: Range<Int>?, _ targets: inout FaultTargets) {
    guard let (index, rank) = occupants[device], let job = training.first(where: { $0.index == index }) else { return }
    let layer = job.map.stage(of: rank) * job.workload.layersPerStage
    targets.layers = layers ?? layer..<layer + 1
    targets.expert = job.map.expertIndex(of: rank) * job.workload.expertsPerPosition
  }

  /// The leaf switches of the hosts that share them with one host.
  private func fabricTargets(around host: Int) -> FaultTargets {
    var targets = FaultTargets()
    let first = host / cluster.shape.hostsPerLeaf
    targets.leaves = Array(first * cluster.shape.devicesPerHost..<(first + 1) * cluster.shape.devicesPerHost)
    targets.jobs = Array(jobs.indices)
    return targets
  }

  /// A job. Its devices show the cause where the card says that it strikes some of them, or where a stage of it has more
  /// to do than the others.
  private mutating func jobTargets(
    _ fault: FaultSpecification, device: Int
  ) -> (roots: [EntityPath], targets: FaultTargets, culprits: [EntityPath]) {
    let job = jobs.first { $0.path == fault.entity } ?? jobs[occupants[device]?.job ?? 0]
    var targets = FaultTargets()
    (targets.jobs, targets.devices) = ([job.index], job.devices)
    var culprits: [Int] = []
    if let count = fault.card.devices {
      let first = job.devices.firstIndex(of: device) ?? 0
      let most = min(count.upperBound, job.devices.count)
      let number = generator.index(below: max(1, most - count.lowerBound + 1)) + min(count.lowerBound, most)
      culprits = (0..<number).map { job.devices[(first + $0) % job.devices.count] }.sorted()
      targets.devices = culprits
    } else if fault.card.effects.contains(where: { FaultQuantity($0.quantity) == .job(.stageImbalance) }) {
      culprits = training.first { $0.index == job.index }?.lastStage ?? []
    }
    targets.hosts = Set(targets.devices.map { cluster.host(of: $0) }).sorted()
    targets.layers = fault.layers ?? 0..<job.routerShape.layers
    return ([job.path], targets, culprits.map { cluster.devices[$0] })
  }

  /// One expert in some layers: unless the scenario names others, the lower half of those of a named device's stage, of
  /// all when no device is named.
  private mutating func expertTargets(
    _ fault: FaultSpecification, device: Int
  ) -> (roots: [EntityPath], targets: FaultTargets, culprits: [EntityPath]) {
    guard let job = training.first(where: { $0.index == occupants[device]?.job }) ?? training.first else {
      return jobTargets(fault, device: device)
    }
    let rank = occupants[device]?.rank ?? 0
    let expert = fault.expert ?? job.map.expertIndex(of: rank) * job.workload.expertsPerPosition
    let all = fault.entity == nil ? 0..<job.workload.layers : job.layers(ofStage: job.map.stage(of: rank))
    let layers = fault.layers ?? all.prefix(max(1, all.count / 2))
    var targets = FaultTargets()
    (targets.jobs, targets.layers, targets.expert) = ([job.index], layers, expert)
    let holders = job.holders(of: expert, layers: layers)
    targets.devices = holders
    targets.hosts = Set(holders.map { cluster.host(of: $0) }).sorted()
    return (
      layers.map { job.path.appending("layer\($0)").appending("expert\(expert)") }, targets,
      holders.map { cluster.devices[$0] }
    )
  }

  /// One fault in each of equally long parts of the time after training, the kinds in turn from a random first.
  mutating func scatter(_ random: RandomFaults) -> [FaultSpecification] {
    let slot = (scenario.duration - scenario.training) / Double(random.count)
    let offset = generator.index(below: random.cards.count)
    return (0..<random.count).map { i in
      let draws = (generator.uniformDouble(), generator.uniformDouble(), generator.uniformDouble())
      func pick(_ range: ClosedRange<Double>, _ draw: Double) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * draw
      }
      let duration = pick(random.duration, draws.0)
      let severity = pick(random.severity, draws.1)
      // Room at both ends of the slot lets one fault's heat die down before the next begins.
      let room = slot - duration - RandomFaults.recovery
      let at = scenario.training + Double(i) * slot + room * draws.2
      var fault = FaultSpecification(
        random.cards[(i + offset) % random.cards.count], at: at.rounded(.down), duration: duration.rounded(.down),
        severity: severity)
      fault.precursor = random.precursors ? nil : false
      return fault
    }
  }
}
