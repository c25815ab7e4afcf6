public import StrataTelemetry
public import StrataTensor

/// The anomaly scores of one entity over a stretch of one run; a higher score is less normal.
public struct ScoreSeries: Sendable {
  /// The position of the run among those that were scored.
  public internal(set) var run: Int
  /// Whose samples are scored.
  public let entity: EntityPath
  /// The samples of the run that are scored.
  public let samples: Range<Int>
  /// One score per sample.
  public var scores: [Float]
  /// How much each channel has to do with each score, of shape `[time, channel]`, not negative; `nil` where the method
  /// cannot say.
  public var contributions: NDArray?
  /// What the columns of the contributions are.
  public var channels: [ChannelReference]
  /// The score above which the entity is alarmed; infinite where no alarms were raised.
  public var threshold: Float
  /// When the entity was alarmed, in samples of the run; apart by more than the gap of the policy.
  public var alarms: [Range<Int>]

  /// Checks that the parts fit each other.
  ///
  /// - Precondition: There is one score, and one row of contributions, per sample, and one channel per column.
  public init(
    run: Int, entity: EntityPath, samples: Range<Int>, scores: [Float], contributions: NDArray? = nil,
    channels: [ChannelReference] = [], threshold: Float = .infinity, alarms: [Range<Int>] = []
  ) {
    require(scores.count == samples.count, "ScoreSeries: \(scores.count) scores for samples \(samples)")
    require(
      contributions.map { $0.shape == [samples.count, channels.count] } ?? true,
      "ScoreSeries: contributions of shape \(contributions?.shape ?? []), expected [\(samples.count), \(channels.count)]"
    )
    (self.run, self.entity, self.samples) = (run, entity, samples)
    (self.scores, self.contributions, self.channels) = (scores, contributions, channels)
    (self.threshold, self.alarms) = (threshold, alarms)
  }

  /// The scores and alarms of some of the samples.
  ///
  /// - Precondition: The samples lie inside the series.
  func selecting(samples: Range<Int>) -> ScoreSeries {
    let positions = positions(of: samples)
    return ScoreSeries(
      run: run, entity: entity, samples: samples, scores: Array(scores[positions]),
      contributions: contributions?.rows(positions), channels: channels, threshold: threshold,
      alarms: alarms.map { $0.clamped(to: samples) }.filter { !$0.isEmpty })
  }

  /// Forgets what channels had to do with the scores.
  mutating func removeContributions() { (contributions, channels) = (nil, []) }

  /// The mean contribution of every channel over a range of positions; empty when the method names no channels.
  public func channelContributions(in range: Range<Int>) -> [Float] {
    guard let contributions, !range.isEmpty else { return [] }
    return contributions.rows(range).mean(over: [0]).elements
  }

  /// The positions of samples of the run among the scores.
  public func positions(of samples: Range<Int>) -> Range<Int> {
    let own = samples.clamped(to: self.samples)
    return own.lowerBound - self.samples.lowerBound..<own.upperBound - self.samples.lowerBound
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
