import StrataTelemetry
import StrataTensor

/// What is normal for the entities of one role: how each channel stands to the entity's own clean time and to its peers.
///
/// A sample `x` becomes `asinh(x / unit)` and is averaged over a few samples. Two deviations follow:
/// - the *peer view*: its distance from the median of the role at that time, less the entity's own usual distance;
/// - the *common view*: the distance of that median from its clean level, or from its recent level where that is nearer.
///
/// Each is divided by its clean spread, and its size becomes a surprise by the clean quantiles of the role
/// (``SurpriseScale``). A role with fewer than three members has the common view only.
///
/// References: calibration by quantiles and an exponential tail as in Siffer et al., "Anomaly Detection in Streams with
/// Extreme Value Theory", KDD 2017; peers as in Deng et al., "Minder: Faulty Machine Detection for Large-scale
/// Distributed Model Training", NSDI 2025; shrinkage of unseen entities: Efron and Morris, "Stein's Estimation Rule and
/// Its Competitors", JASA 1973.
struct RoleBaseline: RoleDetector {
  static let method = "calibrated surprise"

  /// Fewer members than this have no meaningful middle.
  static let smallestGroup = 3

  /// The channels that the role has in clean time, layer after layer.
  let channels: [ChannelReference]
  /// Per channel, what values are divided by before the logarithm.
  let units: [Float]
  /// Per channel, whether nearly every sample of every entity was observed in clean time.
  let isUsual: [Bool]
  /// The longest time without a sample of a usual channel in clean time, in samples.
  let longestGap: Int
  /// Per channel: of deviations from peers.
  let peerScales: [SurpriseScale]
  /// Per channel: the usual spread of an entity's deviation from its peers in time.
  let withinSpread: [Float]
  /// Per channel: how far entities' usual deviations from their peers lie apart.
  let betweenSpread: [Float]
  /// Per channel: the median of the role's median, its spread, and the scale of its deviations.
  let commonCentres: [Float]
  let commonSpreads: [Float]
  let commonScales: [SurpriseScale]
  /// The entities of clean time.
  let members: [EntityPath]
  /// Per member and channel, the usual deviation from peers and its spread; `member · channels + channel`.
  let centres: [Float]
  let spreads: [Float]
}
