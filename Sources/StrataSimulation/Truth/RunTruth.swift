public import StrataTelemetry

/// All that is known of the causes in a run, for whoever scores a diagnosis: the file behind `strata simulate --truth`.
///
/// <doc:Outputs> describes the JSON. Times are seconds from the start of the run, samples are numbers of rows.
public struct RunTruth: Codable, Hashable, Sendable {
  /// The version of the format.
  public var format = "strata-truth-2"
  /// What the run is called.
  public let run: String
  /// The seed that decided everything random.
  public let seed: UInt64
  /// When the run starts, in seconds since 1970.
  public let start: Double
  /// The time between samples.
  public let interval: Double
  /// How many samples it has.
  public let sampleCount: Int
  /// The samples meant for training, which come first.
  public let trainingEnd: Int
  /// What was planned and left out of this run, by number.
  public let without: [Int]
  /// The faults that acted, in the order of onset.
  public let faults: [InjectionTruth]
  /// The benign episodes.
  public let benign: [Episode]

  /// Something that happened and needs no repair.
  public struct Episode: Codable, Hashable, Sendable {
    /// The kind: its name in scenarios, or `checkpoint`, `evaluation`, `restart`.
    public let kind: String
    /// What it concerned.
    public let entity: EntityPath
    /// When it began and ended.
    public let interval: Period
    /// How strong it was; nil for what has no strength.
    public let severity: Double?
  }

  /// A stretch of time.
  public struct Period: Codable, Hashable, Sendable {
    /// When it begins, in seconds from the start of the run.
    public let start: Double
    /// When it ends, likewise.
    public let end: Double

    /// From `start` to `end`, in seconds from the start of the run.
    public init(start: Double, end: Double) { (self.start, self.end) = (start, end) }
  }
}

/// One fault: where its cause lay, when it acted, what it did and on which way.
public struct InjectionTruth: Codable, Hashable, Sendable {
  /// Its number among the faults of the scenario and seed, for replays without it.
  public let number: Int
  /// The id of the card.
  public let card: String
  /// The name of the card.
  public let name: String
  /// The kind of thing that it is in.
  public let unit: FaultCard.Unit
  /// The layer of the cause.
  public let layer: TelemetryLayer
  /// Whether it needs no repair.
  public let isBenign: Bool
  /// What a diagnosis should name.
  public let roots: [EntityPath]
  /// The channels in which the card says that the cause shows.
  public let channels: [String]
  /// The devices that show the cause.
  public let culprits: [EntityPath]
  /// All others that showed an effect.
  public let victims: [EntityPath]
  /// When it was to act.
  public let planned: RunTruth.Period
  /// When it did: a repair ends it early.
  public let actual: RunTruth.Period
  /// When something announced it; nil when nothing did.
  public let precursor: RunTruth.Period?
  /// How strong it became, above zero and at most one.
  public let severity: Double
  /// How it grew.
  public let shape: OnsetShape
  /// Seconds over which it grew.
  public let ramp: Double
  /// Which of several forms it took; nil when there is one.
  public let variant: String?
  /// What it did.
  public let impact: Impact
  /// On which way its effects spread.
  public let propagation: PropagationGraph

  /// What it did, measured against the replay without it.
  public struct Impact: Codable, Hashable, Sendable {
    /// Whether any series showed an effect.
    public let hasImpact: Bool
    /// The mean time per step while it lasted, relative to the replay.
    public let stepTimeRatio: Double
    /// The part of the progress that was lost to it while it lasted.
    public let lostProgress: Double
  }

  init(_ injection: Simulation.Injection, number: Int) {
    let (fault, impact) = (injection.fault, injection.impact)
    let card = fault.card
    (self.number, self.card, name, unit, layer) = (number, card.id, card.name, card.unit, card.layer)
    (isBenign, roots, channels, culprits) = (card.isBenign, fault.roots, card.channels, fault.culprits)
    victims = impact.victims
    planned = RunTruth.Period(start: fault.onset, end: fault.end)
    actual = RunTruth.Period(start: fault.onset, end: min(fault.end, impact.repaired ?? .infinity))
    precursor = fault.precursorStart.map { RunTruth.Period(start: $0, end: fault.onset) }
    (severity, shape, ramp, variant) = (fault.severity, fault.shape, fault.ramp, fault.variant)
    self.impact = Impact(
      hasImpact: impact.hasImpact, stepTimeRatio: impact.stepTimeRatio, lostProgress: impact.lostProgress)
    propagation = PropagationGraph(impact.onsets, stages: card.propagation)
  }
}
