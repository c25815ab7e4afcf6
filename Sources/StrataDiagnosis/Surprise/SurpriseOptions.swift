/// How deviations from clean time become one score per entity.
///
/// The defaults were chosen on three recordings of a real training job and three simulated clusters, none of which take
/// part in the figures that the project reports for other recordings and seeds.
public struct SurpriseOptions: Hashable, Codable, Sendable {
  /// Samples that are averaged before they are compared, the present one last.
  public var window = 2
  /// The score is the lowest of this many successive ones, so that a deviation shorter than this raises no alarm.
  public var persistence = 3
  /// Samples over which the recent level of a role's median is taken: a slow drift of everybody is followed.
  public var memory = 120
  /// The largest surprise of one channel.
  public var cap: Float = 100
  /// How many groups of channels (of one layer and meaning) are averaged, the largest first.
  public var groups = 4
  /// The least scale of the tail beyond the 90 % quantile, in standard deviations.
  public var leastTailScale: Float = 0.8
  /// The least standard deviation of a channel, in units of its logarithmic scale.
  public var leastSpread: Float = 0.02
  /// The share of a role's usual spread below which no entity's spread falls.
  public var pooledShare: Float = 0.3
  /// The share of the standard deviation below which no robust spread falls: for channels that rest most of the time.
  public var deviationShare: Float = 0.3
  /// How small a share of clean samples makes a channel of a role count as present.
  public var leastObservedShare: Float = 0.5

  /// The default options.
  public init() {}
}
