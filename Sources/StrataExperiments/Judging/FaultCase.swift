public import StrataTelemetry

/// One fault with everybody who shows its cause: the labels of one kind and time, taken together.
public struct FaultCase: Hashable, Sendable {
  /// A channel of an entity.
  public struct Cell: Hashable, Sendable {
    public let entity: EntityPath
    public let layer: TelemetryLayer
    public let channel: String

    public init(entity: EntityPath, layer: TelemetryLayer, channel: String) {
      (self.entity, self.layer, self.channel) = (entity, layer, channel)
    }
  }

  /// The fault type.
  public let kind: String
  /// The layer it began in, if known.
  public let layer: TelemetryLayer?
  /// When it lasted, in samples of the run.
  public let interval: Range<Int>
  /// The entities that show the cause.
  public let culprits: [EntityPath]
  /// The channels of culprits that show it first; empty when they are not known.
  public let cells: Set<Cell>

  /// The faults of a run that overlap some samples, by time.
  ///
  /// A channel that a label names is that of its layer, or where that layer has none, that of any layer.
  public static func cases(in run: Run, during samples: Range<Int>) -> [FaultCase] {
    struct Key: Hashable {
      let kind: String
      let interval: Range<Int>
    }
    let labels = run.labels.filter { !$0.isBenign && $0.interval.overlaps(samples) }
    let groups = Dictionary(grouping: labels) { Key(kind: $0.kind, interval: $0.interval) }
    return groups.map { key, labels in
      FaultCase(
        kind: key.kind, layer: labels.compactMap(\.layer).first, interval: key.interval,
        culprits: labels.map(\.entity).sorted(), cells: Set(labels.flatMap { cells(of: $0, in: run) }))
    }.sorted { ($0.interval.lowerBound, $0.kind, $0.culprits[0]) < ($1.interval.lowerBound, $1.kind, $1.culprits[0]) }
  }

  /// The channels that a label says show its fault.
  static func cells(of label: FaultLabel, in run: Run) -> [Cell] {
    label.channels.flatMap { name in
      let layers = run.layers.filter { $0.channels.contains { $0.name == name } }.map(\.layer)
      let own = layers.filter { $0 == label.layer }
      return (own.isEmpty ? layers : own).map { Cell(entity: label.entity, layer: $0, channel: name) }
    }
  }
}
