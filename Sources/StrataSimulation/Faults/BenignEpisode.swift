public import StrataTelemetry

/// A disturbance that needs no repair. The raw value is its name in scenarios; labels put `benign:` before it.
public enum BenignKind: String, CaseIterable, Codable, Sendable {
  /// Sequences vary more in length, so that a different device is slowest in every step.
  case sequenceLength = "sequence-length"
  /// The storage of one host answers late, so that its devices start their steps late.
  case dataLoading = "data-loading"
  /// The mixture of data changes, and with it which experts are preferred.
  case mixtureShift = "mixture-shift"
  /// Other tenants use the network of one leaf switch.
  case backgroundTraffic = "background-traffic"
  /// The air at the inlets of one cooling zone is warmer.
  case warmInlet = "warm-inlet"
  /// The job is saved and restarted with a changed configuration that costs more work per step, and in the end with the
  /// old one again.
  case plannedRestart = "planned-restart"

  /// What it changes at full severity.
  var effects: [FaultEffect] {
    switch self {
    case .sequenceLength: [FaultEffect(quantity: "job.sequenceVariation", operation: .add, value: 0.25)]
    case .dataLoading: [FaultEffect(quantity: "host.loadingTime", operation: .multiply, value: 11)]
    case .mixtureShift: [FaultEffect(quantity: "job.mixtureShift", operation: .add, value: 1)]
    case .backgroundTraffic:
      [
        FaultEffect(quantity: "leaf.bandwidth", operation: .multiply, value: 0.8),
        FaultEffect(quantity: "leaf.fluctuation", operation: .add, value: 0.1),
      ]
    case .warmInlet: [FaultEffect(quantity: "host.inletRise", operation: .add, value: 4)]
    case .plannedRestart: [FaultEffect(quantity: "job.work", operation: .multiply, value: 1.1)]
    }
  }

  /// Which part of the cluster it concerns.
  enum Scope { case job, host, leaf, coolingZone }

  var scope: Scope {
    switch self {
    case .sequenceLength, .mixtureShift, .plannedRestart: .job
    case .dataLoading: .host
    case .backgroundTraffic: .leaf
    case .warmInlet: .coolingZone
    }
  }
}

/// A benign disturbance at a definite place and time.
public struct BenignEpisode: Sendable {
  /// What kind of disturbance it is.
  public let kind: BenignKind
  /// What it concerns.
  public let entity: EntityPath
  /// When it begins, in seconds from the start of the run.
  public let onset: Double
  /// How long it lasts, in seconds.
  public let duration: Double
  /// How strong it is, above zero and at most one.
  public let severity: Double

  package let targets: FaultTargets
  private let effects: [ResolvedEffect]

  package init(
    kind: BenignKind, entity: EntityPath, targets: FaultTargets, onset: Double, duration: Double, severity: Double
  ) {
    (self.kind, self.entity, self.targets) = (kind, entity, targets)
    (self.onset, self.duration, self.severity) = (onset, duration, severity)
    effects = kind.effects.map(ResolvedEffect.init)
  }

  /// The end of the episode, in seconds from the start of the run.
  public var end: Double { onset + duration }

  /// Lets the episode act at a moment.
  package func act(on conditions: inout Conditions, at time: Double) {
    guard time >= onset && time < end else { return }
    conditions.isDisturbed = true
    for effect in effects { effect.act(on: &conditions, at: targets, intensity: severity) }
  }
}
