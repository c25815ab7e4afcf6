public import StrataTelemetry

/// What a fault did, measured against the replay of the same run without it.
public struct FaultImpact: Sendable {
  /// When a series first showed an effect.
  public struct Onset: Codable, Hashable, Sendable {
    /// Whose series it is.
    public let entity: EntityPath
    /// The layer of the channel.
    public let layer: TelemetryLayer
    /// The name of the channel.
    public let channel: String
    /// The first sample with an effect.
    public let sample: Int
    /// Whether it shows the cause, what the cause does to others, or the job as a whole.
    public let role: FaultStage.Role
  }

  /// The mean time per step while the fault lasted, relative to the replay without it; one when no step was made.
  public let stepTimeRatio: Double
  /// The part of the progress while the fault lasted that was lost to it: steps of training, tokens of serving.
  public let lostProgress: Double
  /// Every series that showed an effect, in the order in which they did.
  public let onsets: [Onset]
  /// When it was repaired, in seconds from the start of the run; nil when it lasted as planned.
  public let repaired: Double?

  /// Whether any series showed an effect. Injections without impact should not count as missed.
  public var hasImpact: Bool { !onsets.isEmpty }

  /// The entities that showed an effect without showing the cause.
  public var victims: [EntityPath] { Set(onsets.filter { $0.role == .victim }.map(\.entity)).sorted() }

  /// A fault that came too late to do anything.
  static let none = FaultImpact(stepTimeRatio: 1, lostProgress: 0, onsets: [], repaired: nil)
}

extension FaultImpact {
  init(_ comparison: FaultComparison, of fault: FaultInjection, in layout: TelemetryLayout, repaired: Double?) {
    let seconds = comparison.stepSeconds
    stepTimeRatio = seconds.healthy > 0 && seconds.actual > 0 ? seconds.actual / seconds.healthy : 1
    let progress = comparison.progress
    lostProgress = progress.healthy > 0 ? max(0, 1 - progress.actual / progress.healthy) : 0
    self.repaired = repaired
    var instruments = Dictionary(
      grouping: Instrument.all, by: { $0.kind.rawValue << 16 + $0.signal }
    ).compactMapValues(\.first)
    for defect in TelemetryDefect.all {
      instruments[defect.kind.rawValue << 16 + defect.signal] = Instrument.named(defect.channel)
    }
    let causes = Set(fault.culprits).union(fault.roots)
    onsets = comparison.effects.enumerated().sorted { ($0.element.sample, $0.offset) < ($1.element.sample, $1.offset) }
      .compactMap { _, effect in
        guard let instrument = instruments[effect.kind.rawValue << 16 + Int(effect.signal)] else { return nil }
        let entity = layout.entities[effect.kind.rawValue][Int(effect.entity)]
        let isCulprit = entity.isWithin(causes)
        let isJob = effect.kind == .job || effect.kind == .router || effect.kind == .expert
        return Onset(
          entity: entity, layer: instrument.layer, channel: instrument.channel.name, sample: Int(effect.sample),
          role: isCulprit ? .culprit : isJob ? .job : .victim)
      }
  }
}

extension EntityPath {
  /// Whether it is one of some entities or lies below one: the devices of a host, the routers and experts of a job.
  fileprivate func isWithin(_ entities: Set<EntityPath>) -> Bool {
    entities.contains(self) || parent.map { $0.isWithin(entities) } ?? false
  }
}
