public import StrataTelemetry

/// What a corpus of runs is to consist of. Together with a seed it determines every run.
///
/// Splits differ *by construction* in what is held out: a type of fault, a topology or a kind of hardware that some split
/// holds out occurs in no split but those that do.
public struct CorpusSpecification: Sendable, Hashable {
  /// Which runs belong together.
  public typealias Split = CorpusSplit

  /// Machines and a job on them.
  public struct Topology: Sendable, Hashable {
    /// What the specification calls it.
    public var name: String
    /// How many runs it gets, relative to the others.
    public var weight: Double
    /// The machines.
    public var cluster: ClusterShape
    /// The job on all of them.
    public var training: TrainingWorkload

    /// A topology.
    public init(name: String, weight: Double = 1, cluster: ClusterShape, training: TrainingWorkload) {
      (self.name, self.weight, self.cluster, self.training) = (name, weight, cluster, training)
    }
  }

  /// Which faults there are, how many and how strong.
  public struct Faults: Sendable, Hashable {
    /// How often which card occurs, by id; only ratios count.
    public var weights: [String: Double]
    /// How faults arrive by themselves, on frail hosts, in campaigns, of several hosts at once and again after a repair;
    /// nil when they are dealt out as ``perRun``, ``free`` and ``compound`` say. Its table is not used: what fails is what
    /// ``weights`` say.
    public var arrivals: FaultArrivals?
    /// Faults in a run that has any, besides those that others bring along.
    public var perRun: ClosedRange<Int> = 1...3
    /// The part of the runs without any fault.
    public var free = 0.2
    /// Between which severities.
    public var severity: ClosedRange<Double> = 0.2...1
    /// Between which durations, in seconds; the bounds of a repair when faults arrive by themselves.
    public var duration: ClosedRange<Double> = 120...400
    /// The part of the faults that another one joins while it lasts.
    public var compound = 0.08
    /// The part of the faults that are faults of the telemetry itself.
    public var telemetry = 0.1
    /// Whether faults may be announced.
    public var precursors = true

    /// Faults as often as a table of failures says.
    public init(_ table: FailureTable) { weights = Self.weights(table) }

    /// The weight of every card of a table: that of a cause in equal parts for the cards that describe it.
    public static func weights(_ table: FailureTable) -> [String: Double] {
      var weights: [String: Double] = [:]
      for cause in table.causes {
        for card in cause.cards { weights[card, default: 0] += cause.weight / Double(cause.cards.count) }
      }
      return weights
    }
  }

  /// What only some splits have.
  public struct HeldOut: Sendable, Hashable {
    /// Ids of cards.
    public var faults: Set<String> = []
    /// Names of topologies.
    public var topologies: Set<String> = []
    /// Accelerators, and with them all topologies that consist of them.
    public var hardware: Set<Hardware> = []

    /// Nothing.
    public init() {}
  }

  /// What the corpus is called.
  public var name: String
  /// How many runs each split has.
  public var runs: [Split: Int]
  /// Seconds of a run.
  public var duration: Double
  /// Seconds between samples.
  public var interval: Double
  /// Seconds at the beginning of a run that are free of faults.
  public var training: Double
  /// The machines and jobs among which runs are dealt out.
  public var topologies: [Topology]
  /// The faults.
  public var faults: Faults
  /// Benign episodes per fault of the split; they begin in every part of a run, whether it has faults or not.
  public var benign = 1.0
  /// Further benign episodes per day of a run, however many faults there are.
  public var benignPerDay = 0.0
  /// What each split has and those that do not name it have not.
  public var heldOut: [Split: HeldOut] = [:]
  /// The part of a split's faults, and of its runs, that are of what it holds out.
  public var heldOutShare = 0.4
  /// How imperfectly the exporters report.
  public var sensors = SensorDefects()

  /// A corpus with published fault frequencies and nothing held out.
  public init(
    name: String, runs: [Split: Int], duration: Double, interval: Double, training: Double, topologies: [Topology]
  ) {
    (self.name, self.runs, self.duration, self.interval) = (name, runs, duration, interval)
    (self.training, self.topologies) = (training, topologies)
    faults = Faults(.training)
  }

  /// Seconds that are kept free after a fault, so that the job has recovered before the next.
  public static let recovery = 180.0

  /// Whether a split may have a card.
  public func allows(fault id: String, in split: Split) -> Bool {
    isAllowed(in: split) { $0.faults.contains(id) }
  }

  /// Whether a split may have a topology.
  public func allows(_ topology: Topology, in split: Split) -> Bool {
    isAllowed(in: split) {
      $0.topologies.contains(topology.name) || $0.hardware.contains(topology.cluster.hardware)
    }
  }

  /// Nobody names it, or the split does.
  private func isAllowed(in split: Split, _ names: (HeldOut) -> Bool) -> Bool {
    heldOut[split].map(names) ?? false || !heldOut.values.contains(where: names)
  }
}
