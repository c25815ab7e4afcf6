public import StrataTelemetry

/// What to simulate. Together with a seed it determines every bit of a run.
public struct Scenario: Sendable, Hashable {
  /// What the run is called.
  public var name: String
  /// When the run starts, in seconds since 1970 (UTC).
  public var start = 1_767_571_200.0
  /// How long it lasts, in seconds.
  public var duration: Double
  /// The time between samples, in seconds.
  public var interval: Double
  /// Seconds at the beginning that are free of faults and meant for training.
  public var training: Double
  /// The machines.
  public var cluster: ClusterShape
  /// The jobs, which take their hosts one after another.
  public var jobs: [JobSpecification] = [JobSpecification(name: "train", workload: .training(TrainingWorkload()))]
  /// How imperfectly the exporters report.
  public var sensors = SensorDefects()
  /// Faults at given times.
  public var faults: [FaultSpecification] = []
  /// Benign disturbances at given times.
  public var benign: [BenignSpecification] = []
  /// Faults in addition to ``faults``, placed by the seed.
  public var randomFaults: RandomFaults?

  /// A scenario with one training job on all hosts and nothing that disturbs it.
  public init(name: String, duration: Double, interval: Double, training: Double, cluster: ClusterShape) {
    (self.name, self.duration, self.interval) = (name, duration, interval)
    (self.training, self.cluster) = (training, cluster)
  }

  /// The number of samples of a run.
  public var sampleCount: Int { Int(duration / interval) }

  /// The first training job's workload, for scenarios that have one.
  ///
  /// - Precondition: There is a training job.
  public var workload: TrainingWorkload {
    get {
      for job in jobs { if case .training(let workload) = job.workload { return workload } }
      fatalError("Scenario.workload: no job trains")
    }
    set {
      for i in jobs.indices {
        guard case .training = jobs[i].workload else { continue }
        jobs[i].workload = .training(newValue)
        return
      }
    }
  }
}

/// One job that a scenario asks for.
public struct JobSpecification: Sendable, Hashable {
  /// What a job does.
  public enum Workload: Sendable, Hashable {
    case training(TrainingWorkload)
    case serving(ServingWorkload)
  }

  /// The last component of the job's path.
  public var name: String
  /// How many hosts it takes; all that are left when nil.
  public var hosts: Int?
  /// What it does there.
  public var workload: Workload

  /// A job on some hosts, or on all that are left.
  public init(name: String, hosts: Int? = nil, workload: Workload) {
    (self.name, self.hosts, self.workload) = (name, hosts, workload)
  }
}

/// A fault that a scenario asks for.
public struct FaultSpecification: Sendable, Hashable {
  /// What kind of fault.
  public var card: FaultCard
  /// The device, host, rack, switch or job; chosen by the seed when nil. For a fault of an expert, the device whose first
  /// expert is meant, in layers of its own pipeline stage.
  public var entity: EntityPath?
  /// The expert, for a fault of an expert without an entity.
  public var expert: Int?
  /// The layers, for a fault that acts on routers. When nil: for a fault of an expert the lower half of those of the
  /// device's stage, or of all without a device; for one of a job all; for one of a device the first of its stage.
  public var layers: Range<Int>?
  /// When it begins, in seconds from the start of the run.
  public var at: Double
  /// How long it lasts, in seconds.
  public var duration: Double
  /// How strong it becomes, above zero and at most one.
  public var severity: Double
  /// How it grows; as is usual for its kind when nil.
  public var onset: OnsetShape?
  /// Seconds over which it grows; as is usual for its kind when nil.
  public var ramp: Double?
  /// Whether it is announced; as often as is usual for its kind when nil.
  public var precursor: Bool?
  /// How long before it is announced, in seconds; as is usual for its kind when nil.
  public var lead: Double?
  /// Which of several forms it takes; chosen by the seed when nil.
  public var variant: String?

  /// A fault of a kind at a time; everything else may be left to the seed and the kind.
  public init(_ card: FaultCard, entity: EntityPath? = nil, at: Double, duration: Double, severity: Double) {
    (self.card, self.entity) = (card, entity)
    (self.at, self.duration, self.severity) = (at, duration, severity)
  }
}

/// A benign disturbance that a scenario asks for.
public struct BenignSpecification: Sendable, Hashable {
  /// What kind of disturbance.
  public var kind: BenignKind
  /// What it concerns; chosen by the seed when nil.
  public var entity: EntityPath?
  /// When it begins, in seconds from the start of the run.
  public var at: Double
  /// How long it lasts, in seconds.
  public var duration: Double
  /// How strong it is, above zero and at most one.
  public var severity: Double

  /// A disturbance of a kind at a time.
  public init(kind: BenignKind, entity: EntityPath? = nil, at: Double, duration: Double, severity: Double) {
    (self.kind, self.entity) = (kind, entity)
    (self.at, self.duration, self.severity) = (at, duration, severity)
  }
}

/// Faults whose kinds, places, times and severities the seed chooses.
public struct RandomFaults: Sendable, Hashable {
  /// How many.
  public var count: Int
  /// The kinds, which take turns.
  public var cards: [FaultCard]
  /// Between which severities.
  public var severity: ClosedRange<Double>
  /// Between which durations, in seconds.
  public var duration: ClosedRange<Double>
  /// Whether faults may be announced before the time at which they are placed.
  public var precursors = false

  /// Faults of the given kinds.
  public init(
    count: Int, cards: [FaultCard], severity: ClosedRange<Double> = 0.3...0.8, duration: ClosedRange<Double>
  ) {
    (self.count, self.cards, self.severity, self.duration) = (count, cards, severity, duration)
  }

  /// Seconds that are kept free after a random fault.
  public static let recovery = 120.0
}
