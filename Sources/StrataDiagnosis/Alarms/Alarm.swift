public import StrataTelemetry
import StrataTensor

/// A stretch of time in which one entity's scores were too high for normal time.
public struct Alarm: Hashable, Codable, Sendable {
  /// The position of the run in the split's list.
  public let run: Int
  /// Whose scores were too high.
  public let entity: EntityPath
  /// From the first to the last score above the threshold, in samples of the run.
  public let samples: Range<Int>
  /// The highest of the scores.
  public let peakScore: Float
  /// How likely normal time reaches the peak at any one sample.
  public let pValue: Double
  /// The channels that contributed most, largest first, with the mean of their contribution over the alarm.
  public let culprits: [Culprit]

  /// A channel that an alarm names.
  public struct Culprit: Hashable, Codable, Sendable {
    /// The channel of the alarm's entity.
    public let channel: ChannelReference
    /// The mean of its contribution over the alarm, in the units of the detector.
    public let contribution: Float
  }
}

extension AlarmPolicy {
  /// How many culprit channels an alarm names.
  public static let culpritLimit = 5

  /// Raises the alarms of scored time, series by series in time.
  ///
  /// - Parameters:
  ///   - scored: In the units of the calibration.
  ///   - channels: What the columns of the contributions are: `RobustScale.channelReferences`.
  ///   - threshold: From ``threshold(calibration:interval:)``; scores above it raise an alarm.
  ///   - calibration: Turns the peak of an alarm into a p-value.
  ///   - interval: Seconds between samples.
  /// - Precondition: There is one channel per column of the contributions.
  public func alarms(
    in scored: [ScoreSeries], channels: [ChannelReference], threshold: Float, calibration: ScoreCalibration,
    interval: Double
  ) -> [Alarm] {
    let rule = rule(interval: interval)
    return scored.flatMap { series in
      exceedances(of: series, above: threshold, rule: rule).map { range in
        let peak = series.scores[range].max()!
        let samples = series.samples.lowerBound + range.lowerBound..<series.samples.lowerBound + range.upperBound
        return Alarm(
          run: series.run, entity: series.entity, samples: samples, peakScore: peak,
          pValue: calibration.pValue(of: peak), culprits: series.culprits(in: range, channels: channels))
      }
    }
  }
}

extension ScoreSeries {
  /// The mean contribution of every channel over a range of positions; empty when the method names no channels.
  public func channelContributions(in range: Range<Int>) -> [Float] {
    guard let contributions, !range.isEmpty else { return [] }
    return contributions.rows(range).mean(over: [0]).elements
  }

  func culprits(in range: Range<Int>, channels: [ChannelReference]) -> [Alarm.Culprit] {
    let means = channelContributions(in: range)
    require(
      means.isEmpty || means.count == channels.count,
      "AlarmPolicy.alarms: \(channels.count) channels for \(means.count) contributions of '\(entity)'")
    return zip(channels, means).map { Alarm.Culprit(channel: $0, contribution: $1) }
      .sorted { ($0.contribution, $1.channel.description) > ($1.contribution, $0.channel.description) }
      .prefix(AlarmPolicy.culpritLimit).map { $0 }
  }
}
