public import StrataTelemetry

/// What to simulate. Together with a seed it determines every bit of a run.
public struct Scenario: Codable, Hashable, Sendable {
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
  /// The job.
  public var workload = Workload()
  /// What the accelerators and links are like; not part of a file.
  public var device = DeviceSpecification.h100
  /// How imperfectly the exporters report.
  public var sensors = SensorDefects()
  /// Pauses of the whole job while it saves its state.
  public var checkpoints: PeriodicPause?
  /// Pauses of training while the job measures its validation loss.
  public var evaluations: PeriodicPause?
  /// Faults at given times.
  public var faults: [FaultSpecification] = []
  /// Benign disturbances at given times.
  public var benign: [BenignSpecification] = []
  /// Faults in addition to ``faults``, placed by the seed.
  public var randomFaults: RandomFaults?

  /// A scenario without faults, pauses or benign disturbances.
  public init(name: String, duration: Double, interval: Double, training: Double, cluster: ClusterShape) {
    (self.name, self.duration, self.interval) = (name, duration, interval)
    (self.training, self.cluster) = (training, cluster)
  }

  /// The number of samples of a run.
  public var sampleCount: Int { Int(duration / interval) }
}

/// Something that interrupts training at regular times, after the step that is under way.
public struct PeriodicPause: Codable, Hashable, Sendable {
  /// Seconds from one beginning to the next.
  public var every: Double
  /// Seconds that it lasts, on average.
  public var duration: Double

  /// A pause of `duration` seconds every `every` seconds.
  public init(every: Double, duration: Double) { (self.every, self.duration) = (every, duration) }
}

/// A fault that a scenario asks for.
public struct FaultSpecification: Codable, Hashable, Sendable {
  /// What kind of fault.
  public var kind: FaultKind
  /// The device; chosen by the seed when nil. For a hot expert, the device whose first expert becomes hot.
  public var entity: EntityPath?
  /// The expert, for a hot-expert fault without an entity.
  public var expert: Int?
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

  /// A fault of a kind at a time; everything else may be left to the seed and the kind.
  public init(
    kind: FaultKind, entity: EntityPath? = nil, expert: Int? = nil, at: Double, duration: Double, severity: Double,
    onset: OnsetShape? = nil, ramp: Double? = nil
  ) {
    (self.kind, self.entity, self.expert) = (kind, entity, expert)
    (self.at, self.duration, self.severity) = (at, duration, severity)
    (self.onset, self.ramp) = (onset, ramp)
  }
}

/// A benign disturbance that a scenario asks for.
public struct BenignSpecification: Codable, Hashable, Sendable {
  /// What kind of disturbance.
  public var kind: BenignKind
  /// The host of a data-loading episode; chosen by the seed when nil.
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
public struct RandomFaults: Codable, Hashable, Sendable {
  /// How many.
  public var count: Int
  /// The kinds, which take turns.
  public var kinds: [FaultKind]
  /// Between which severities.
  public var severity: ClosedRange<Double>
  /// Between which durations, in seconds.
  public var duration: ClosedRange<Double>

  /// Faults of the given kinds, all kinds if none are named.
  public init(
    count: Int, kinds: [FaultKind] = FaultKind.allCases, severity: ClosedRange<Double> = 0.3...0.8,
    duration: ClosedRange<Double>
  ) {
    (self.count, self.kinds, self.severity, self.duration) = (count, kinds, severity, duration)
  }

  /// Seconds that are kept free after a random fault.
  public static let recovery = 120.0
}
