import StrataTensor

/// How samples become comparable numbers: per entity and channel, the distance from the median in robust standard
/// deviations, both from training time only.
///
/// A sample `x` becomes `squash((x - centre) / spread)`. The centre is the median. The spread is the largest of
/// - the interquartile range divided by 1.349 (the standard deviation, for normal samples),
/// - `deviationShare` of the standard deviation, so that a channel that rests most of the time and then jumps is not
///   blown up by its quiet part,
/// - `pooledShare` of the spread over all entities of the same role, so that a channel that happens to be constant on one
///   entity is measured with the scale it has on others,
/// - `relativeFloor` of the median, above the rounding noise of a large constant,
/// - `resolutionShare` of the smallest step between the values of a role's sensors, where these are visibly quantised (one
///   for events): a whole-degree sensor that has stood still and moves by one degree says little;
/// where all of these are zero (a channel that is the same constant everywhere), it is `absoluteFloor`.
///
/// `squash` is the identity up to `bound` and `bound + log(1 + (|z| - bound))` with the sign of `z` beyond: smooth, strictly
/// increasing, so that a worse anomaly stays worse, and finite: below `bound + 89` for every float.
///
/// An entity that training has not seen takes the scale of its role. A channel that was never observed in training has
/// no scale (spread zero) and its samples count as missing. The scale also fixes which layers and channels a model sees
/// and in what order; it is saved with the model.
public struct RobustScale: Hashable, Codable, Sendable {
  public struct Options: Hashable, Codable, Sendable {
    /// Up to how many robust deviations the scale is linear.
    public var bound: Float
    /// Whether channels of kind `rate` are scaled as `sign(x) · log(1 + |x|)`: for heavy-tailed traffic.
    public var logarithmOfRates: Bool
    public var deviationShare: Float
    public var pooledShare: Float
    public var relativeFloor: Float
    public var absoluteFloor: Float
    public var resolutionShare: Float
    /// Channels, as `layer/name`, that say what the job is doing and nothing about its health: models see them, detectors
    /// do not score them.
    public var covariates: [String]

    /// - Precondition: `bound` and `absoluteFloor` are positive, nothing is negative.
    public init(
      bound: Float = 8, logarithmOfRates: Bool = false, deviationShare: Float = 0.25, pooledShare: Float = 0.1,
      relativeFloor: Float = 1e-4, absoluteFloor: Float = 1e-3, resolutionShare: Float = 0,
      covariates: [String] = []
    ) {
      require(
        bound > 0 && absoluteFloor > 0 && min(deviationShare, pooledShare, relativeFloor, resolutionShare) >= 0,
        "RobustScale: bound \(bound) and absoluteFloor \(absoluteFloor) must be positive, the shares not negative")
      (self.bound, self.logarithmOfRates, self.deviationShare) = (bound, logarithmOfRates, deviationShare)
      (self.pooledShare, self.relativeFloor, self.absoluteFloor) = (pooledShare, relativeFloor, absoluteFloor)
      (self.resolutionShare, self.covariates) = (resolutionShare, covariates)
    }
  }

  /// Centre and spread of every channel of a layer; a spread of zero says that training never observed the channel.
  public struct ChannelScale: Hashable, Codable, Sendable {
    public internal(set) var centres: [Float]
    public internal(set) var spreads: [Float]
  }

  public struct LayerScale: Hashable, Codable, Sendable {
    public let layer: TelemetryLayer
    /// The channels in the order in which windows carry them.
    public let channels: [Channel]
    public let entities: [EntityPath: ChannelScale]
    /// Over all entities of a role.
    public let roles: [String: ChannelScale]
    /// How far peers of a role usually lie apart at one time, per channel: the least that deviations are divided by.
    public let peerSpreads: [String: [Float]]
  }

  public let options: Options
  /// In the order of the layers.
  public let layers: [LayerScale]

  init(options: Options, layers: [LayerScale]) { (self.options, self.layers) = (options, layers) }

  public subscript(layer: TelemetryLayer) -> LayerScale? { layers.first { $0.layer == layer } }

  /// How many channels a window has in each layer: what a model is built for.
  public var channelCounts: [TelemetryLayer: Int] {
    Dictionary(uniqueKeysWithValues: layers.map { ($0.layer, $0.channels.count) })
  }

  /// The channels of all layers as `layer/name`, layer after layer.
  public var channelNames: [String] {
    layers.flatMap { layer in layer.channels.map { "\(layer.layer)/\($0.name)" } }
  }

  /// The positions of the covariates among the channels of all layers, layer after layer.
  public var covariatePositions: [Int] {
    let covariates = Set(options.covariates)
    return channelNames.indices.filter { covariates.contains(channelNames[$0]) }
  }

  /// The standardised value of a sample; zero when it is missing or `spread` is zero.
  @inline(__always)
  func standardise(_ sample: Float, centre: Float, spread: Float, logarithm: Bool) -> Float {
    guard sample.isFinite, spread > 0 else { return 0 }
    return Self.squash(((logarithm ? Self.signedLogarithm(sample) : sample) - centre) / spread, bound: options.bound)
  }

  /// The sample that has the given standardised value: the way back, for reports in the unit of the channel.
  ///
  /// - Precondition: The layer has a channel with this index.
  public func restore(
    _ value: Float, channel: Int, of entity: EntityPath, role: String, in layer: TelemetryLayer
  ) -> Float? {
    guard let layerScale = self[layer], let scale = layerScale.scale(of: entity, role: role) else { return nil }
    require(layerScale.channels.indices.contains(channel), "RobustScale.restore: \(layer) has no channel \(channel)")
    guard scale.spreads[channel] > 0 else { return nil }
    let linear = scale.centres[channel] + Self.unsquash(value, bound: options.bound) * scale.spreads[channel]
    return usesLogarithm(layerScale.channels[channel]) ? Self.signedExponential(linear) : linear
  }

  func usesLogarithm(_ channel: Channel) -> Bool { options.logarithmOfRates && channel.kind == .rate }

  @inline(__always)
  static func squash(_ z: Float, bound: Float) -> Float {
    let size = abs(z)
    guard size > bound else { return z }
    return Float(signOf: z, magnitudeOf: bound + logarithm(onePlus: min(size, .greatestFiniteMagnitude) - bound))
  }

  static func unsquash(_ value: Float, bound: Float) -> Float {
    let size = abs(value)
    guard size > bound else { return value }
    return Float(signOf: value, magnitudeOf: bound + exponential(minusOne: size - bound))
  }

  static func signedLogarithm(_ x: Float) -> Float { Float(signOf: x, magnitudeOf: logarithm(onePlus: abs(x))) }
  static func signedExponential(_ x: Float) -> Float { Float(signOf: x, magnitudeOf: exponential(minusOne: abs(x))) }
}

extension RobustScale.LayerScale {
  /// The scale of an entity: its own, or that of its role; `nil` when training saw neither.
  public func scale(of entity: EntityPath, role: String) -> RobustScale.ChannelScale? {
    entities[entity] ?? roles[role]
  }
}
