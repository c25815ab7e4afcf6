public import StrataTelemetry
public import StrataTensor

/// The anomaly scores of one entity over a stretch of one run; a higher score is less normal.
public struct ScoreSeries: Sendable {
  /// The position of the run in the split's list.
  public let run: Int
  /// Whose samples are scored.
  public let entity: EntityPath
  /// The samples of the run that are scored.
  public let samples: Range<Int>
  /// One score per sample.
  public var scores: [Float]
  /// How much each channel has to do with each score, of shape `[time, channel]`, not negative; `nil` where the method
  /// cannot say. Channels are those of the scale, layer after layer.
  public var contributions: NDArray?

  /// Checks that the parts fit each other.
  ///
  /// - Precondition: There is one score, and one row of contributions, per sample.
  public init(
    run: Int, entity: EntityPath, samples: Range<Int>, scores: [Float], contributions: NDArray? = nil
  ) {
    require(scores.count == samples.count, "ScoreSeries: \(scores.count) scores for samples \(samples)")
    require(
      contributions.map { $0.shape.rank == 2 && $0.shape[0] == samples.count } ?? true,
      "ScoreSeries: contributions of shape \(contributions?.shape ?? []), expected [\(samples.count), channel]")
    (self.run, self.entity, self.samples) = (run, entity, samples)
    (self.scores, self.contributions) = (scores, contributions)
  }
}

/// A channel, named with its layer.
public struct ChannelReference: Hashable, Codable, Sendable, CustomStringConvertible {
  /// Where the channel belongs.
  public let layer: TelemetryLayer
  /// What is measured.
  public let channel: Channel

  /// Names a channel of a layer.
  public init(layer: TelemetryLayer, channel: Channel) { (self.layer, self.channel) = (layer, channel) }

  /// `layer/name`.
  public var description: String { "\(layer)/\(channel.name)" }
}

extension RobustScale {
  /// Every channel in the order of contributions: layer after layer.
  public var channelReferences: [ChannelReference] {
    layers.flatMap { scale in scale.channels.map { ChannelReference(layer: scale.layer, channel: $0) } }
  }
}
