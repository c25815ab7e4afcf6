public import StrataTelemetry
import StrataTensor

/// A fault at a definite place and time.
public struct FaultInjection: Sendable {
  /// What kind of fault it is.
  public let card: FaultCard
  /// What it is in: what a diagnosis should name. Several when one cause lies in several places, such as an expert in
  /// several layers.
  public let roots: [EntityPath]
  /// The devices that show the cause itself; all others that suffer are victims.
  public let culprits: [EntityPath]
  /// When it begins, in seconds from the start of the run.
  public let onset: Double
  /// How long it lasts unless it is repaired, in seconds.
  public let duration: Double
  /// How strong it becomes, above zero and at most one.
  public let severity: Double
  /// How it grows.
  public let shape: OnsetShape
  /// Seconds over which it grows.
  public let ramp: Double
  /// When its precursor begins, in seconds from the start of the run; nil when nothing announces it.
  public let precursorStart: Double?
  /// Which of several forms it takes; nil when there is one.
  public let variant: String?

  package let targets: FaultTargets
  private let effects: [ResolvedEffect]
  private let precursors: [ResolvedEffect]
  package let xids: [FaultXid]
  /// What becomes of the job: nothing while the fault is too weak to switch anything.
  package let outcome: FaultCard.Outcome

  package init(
    card: FaultCard, roots: [EntityPath], culprits: [EntityPath], targets: FaultTargets, onset: Double,
    duration: Double,
    severity: Double, shape: OnsetShape, ramp: Double, precursorStart: Double?, variant: FaultVariant?
  ) {
    (self.card, self.roots, self.culprits, self.targets) = (card, roots, culprits, targets)
    (self.onset, self.duration, self.severity) = (onset, duration, severity)
    (self.shape, self.ramp, self.precursorStart) = (shape, ramp, precursorStart)
    self.variant = variant?.name
    effects = (card.effects + (variant?.effects ?? [])).map(ResolvedEffect.init)
    precursors = precursorStart == nil ? [] : (card.precursor?.effects ?? []).map(ResolvedEffect.init)
    let isOff = effects.contains { $0.isOff(at: severity) }
    xids = isOff ? [] : card.xids + (variant?.xids ?? [])
    outcome = isOff ? .none : card.outcome
  }

  package var devices: [Int] { targets.devices }
  /// Whether it goes on when the job that it ended begins again: nobody restarts an exporter that reports nonsense.
  package var outlastsRestart: Bool {
    !card.unit.isHardware && effects.contains { $0.quantity == .device(.profilingBlank) }
  }
  package var job: Int? { targets.jobs.first }
  /// The end of the injection, in seconds from the start of the run.
  public var end: Double { onset + duration }
  /// When the first of its effects can be seen.
  public var begin: Double { precursorStart ?? onset }

  /// How strong it is at a moment: zero outside its interval, at most ``severity``.
  public func intensity(at time: Double) -> Double {
    guard time >= onset && time < end else { return 0 }
    if shape == .step || ramp == 0 { return severity }
    let progress = (time - onset) / ramp
    return severity * (shape == .linear ? min(1, progress) : 1 - exponential(-progress))
  }

  /// How strong its precursor is at a moment: it grows until the onset, to ``severity`` or in a straight line to one.
  public func precursorIntensity(at time: Double) -> Double {
    guard let start = precursorStart, let shape = card.precursor?.shape, time >= start && time < onset else { return 0 }
    let left = (onset - time) / (onset - start)
    switch shape {
    case .step: return severity
    // What runs out has run out at the onset, however early that could be seen.
    case .linear: return 1 - left
    case .exponential: return severity * exponential(-3 * left)
    }
  }

  package func act(on conditions: inout Conditions, at time: Double) {
    let intensity = intensity(at: time)
    let announced = precursorIntensity(at: time)
    guard intensity > 0 || announced > 0 else { return }
    conditions.isDisturbed = true
    if intensity > 0 { for effect in effects { effect.act(on: &conditions, at: targets, intensity: intensity) } }
    if announced > 0 { for effect in precursors { effect.act(on: &conditions, at: targets, intensity: announced) } }
  }

  /// The samples during which it lasted. Sample `k` reports on the time from `k` to `k + 1` intervals.
  public func samples(interval: Double, count: Int) -> Range<Int> {
    let last = min(count, Int((end / interval).rounded(.up)))
    return min(last, Int(onset / interval))..<last
  }
}
