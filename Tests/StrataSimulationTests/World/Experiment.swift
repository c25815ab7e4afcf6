import StrataSimulation
import StrataTelemetry

/// A test cluster with one fault, beside its fault-free course.
struct Experiment {
  let cluster: TestCluster
  let world: World
  let actual: Readings
  let state: WorldState

  /// Where a fault is put unless an experiment says otherwise: in the first stage, not on the first host.
  static let place: EntityPath = "c0/rack0/host1/gpu2"

  var fault: FaultInjection { world.plan.faults[0] }
  var card: FaultCard { fault.card }
  var job: TrainingJob { world.training[0] }

  /// - Parameters:
  ///   - announced: Whether the fault has its precursor before it.
  ///   - lasting: Seconds until it ends.
  ///   - ramp: Seconds over which it grows; nil for at most a minute.
  ///   - layers: The router layers that it acts on; nil for those of the card.
  init(
    _ card: FaultCard, on cluster: TestCluster, severity: Double, variant: String? = nil, at place: EntityPath = place,
    announced: Bool = false, lasting: Double = TestCluster.lasting, ramp: Double? = nil, layers: Range<Int>? = nil
  ) {
    var scenario = cluster.scenario
    let onset = TestCluster.onset + (announced ? TestCluster.lead : 0)
    var fault = FaultSpecification(
      card, entity: Self.entity(of: card, at: place), at: onset, duration: lasting, severity: severity)
    (fault.variant, fault.precursor, fault.lead) = (variant, announced, TestCluster.lead)
    fault.ramp = ramp ?? (card.onset == .step ? nil : min(card.ramp.upperBound, 60))
    fault.layers = layers
    scenario.faults = [fault]
    (self.cluster, world) = (cluster, World(scenario, seed: 11))
    let end = min(scenario.sampleCount, Int(onset + min(lasting, TestCluster.lasting)) + (announced ? 0 : 20))
    (actual, state) = TestCluster.run(world, from: cluster.start, faults: [0], until: end)
    samples = Int(onset)..<end
  }

  /// The samples since the onset.
  let samples: Range<Int>

  /// What a scenario may name for a card's unit.
  private static func entity(of card: FaultCard, at place: EntityPath) -> EntityPath? {
    switch card.unit {
    case .device, .nic, .rank, .sensor, .expert: place
    case .host: place.parent
    case .rack: place.parent?.parent
    case .leaf: "c0/fabric/leaf2"
    case .fabric, .storage, .job: nil
    }
  }

  /// The samples in which signs are looked for: early in what hangs or ends the job, late in everything else.
  var settled: Range<Int> {
    let onset = samples.lowerBound
    switch card.outcome {
    case .hang: return onset + 5..<onset + 95
    case .crash, .abort: return onset..<onset + 50
    case .none: return max(onset, samples.upperBound - 150)..<min(samples.upperBound, Int(fault.end))
    }
  }

  /// Entities by kind.
  struct Subject {
    var devices: [Int] = []
    var hosts: [Int] = []
    var jobs: [Int] = []
    var routers: [Int] = []
    var experts: [Int] = []

    func entities(_ kind: EntityKind) -> [Int] {
      switch kind {
      case .device: devices
      case .host: hosts
      case .job: jobs
      case .router: routers
      case .expert: experts
      }
    }
  }

  /// The devices that show the cause, their hosts, the job, and what of its router the fault acts on; the whole job when
  /// no device is at fault.
  var culprit: Subject {
    let devices = culprits.isEmpty ? job.devices : culprits
    return subject(devices)
  }

  /// Everyone else in the job.
  var victim: Subject { subject(job.devices.filter { !culprits.contains($0) }, apartFrom: culprits) }

  /// The devices that show the cause.
  private var culprits: [Int] { fault.culprits.compactMap { world.cluster.devices.firstIndex(of: $0) } }

  private func subject(_ devices: [Int], apartFrom others: [Int] = []) -> Subject {
    let layers = fault.targets.layers.isEmpty ? 0..<job.workload.layers : fault.targets.layers
    let taken = Set(others.map { world.cluster.host(of: $0) })
    let hosts = Set(devices.map { world.cluster.host(of: $0) }).subtracting(taken)
    let named = fault.targets.expert.map { [$0] } ?? Array(0..<job.workload.experts)
    return Subject(
      devices: devices, hosts: hosts.sorted(), jobs: [0], routers: Array(layers),
      experts: layers.flatMap { layer in named.map { layer * job.workload.experts + $0 } })
  }

  /// The readings of a channel on some entities with and without the fault.
  func pairs(_ instrument: Instrument, _ subject: Subject, _ samples: Range<Int>) -> [(
    actual: [Double], healthy: [Double]
  )] {
    subject.entities(instrument.kind).map {
      (actual.series(instrument, $0, samples), cluster.healthy.series(instrument, $0, samples))
    }
  }
}

extension Experiment {
  /// A card of the standard catalogue on the cluster without a pipeline.
  static func card(_ id: String, severity: Double = 0.75, variant: String? = nil) -> Experiment {
    Experiment(Scenario.card(id), on: .experts, severity: severity, variant: variant)
  }

  /// The mean of a channel over some entities and the settled samples, with and without the fault.
  func means(_ channel: String, _ subject: Subject) -> (actual: Double, healthy: Double) {
    let pairs = pairs(Instrument.named(channel)!, subject, settled)
    func mean(_ series: [[Double]]) -> Double {
      let values = series.joined().filter(\.isFinite)
      return values.reduce(0, +) / Double(values.count)
    }
    return (mean(pairs.map(\.actual)), mean(pairs.map(\.healthy)))
  }

  /// How a channel differs from the fault-free course, relative to it.
  func change(_ channel: String, _ subject: Subject) -> Double {
    let means = means(channel, subject)
    return means.actual / means.healthy - 1
  }
}
