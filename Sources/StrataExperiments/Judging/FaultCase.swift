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
  /// A label that names channels without a layer means the channel of that name in any layer.
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

  private static func cells(of label: FaultLabel, in run: Run) -> [Cell] {
    let layers = label.layer.map { [$0] } ?? run.layers.map(\.layer)
    return layers.flatMap { layer in
      let known = Set(run[layer]?.channels.map(\.name) ?? [])
      return label.channels.filter(known.contains).map { Cell(entity: label.entity, layer: layer, channel: $0) }
    }
  }
}
