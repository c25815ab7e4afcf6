/// What is known to have happened: a fault, or something benign that may look like one.
public struct FaultLabel: Hashable, Codable, Sendable {
  /// The fault type, such as `thermal-throttling`, or `benign:checkpoint`.
  public var kind: String
  /// Where it happened.
  public var entity: EntityPath
  /// The layer it began in, if known.
  public var layer: TelemetryLayer?
  /// The channels that show it first, if known.
  public var channels: [String]
  /// When it lasted, in samples.
  public var interval: Range<Int>
  /// Whether it needs no repair.
  public var isBenign: Bool

  public init(
    kind: String, entity: EntityPath, layer: TelemetryLayer? = nil, channels: [String] = [], interval: Range<Int>,
    isBenign: Bool = false
  ) {
    (self.kind, self.entity, self.layer, self.channels) = (kind, entity, layer, channels)
    (self.interval, self.isBenign) = (interval, isBenign)
  }

  /// The label as seen by someone who only has the samples of `range`; nil when it lies outside.
  public func clamped(to range: Range<Int>) -> FaultLabel? {
    let overlap = interval.clamped(to: range)
    guard !overlap.isEmpty else { return nil }
    var label = self
    label.interval = overlap.lowerBound - range.lowerBound..<overlap.upperBound - range.lowerBound
    return label
  }
}
