import StrataTelemetry
import StrataTensor

/// Channels of one layer and meaning, taken together: several counters of the same thing are one piece of evidence.
struct ChannelGroups: Sendable {
  /// Per channel, the number of its group.
  private let numbers: [Int]
  private let count: Int

  /// A channel of no known meaning is a group by itself.
  init(_ channels: [ChannelReference]) {
    var known: [String: Int] = [:]
    numbers = channels.map { reference in
      let key =
        reference.channel.meaning == .other
        ? "\(reference)" : "\(reference.layer)/\(reference.channel.meaning.rawValue)"
      if known[key] == nil { known[key] = known.count }
      return known[key]!
    }
    count = known.count
  }

  /// The score of an entity: its strength with every surprise limited to the third largest, so that one or two channels,
  /// however far they deviate, say no more than the third one does.
  ///
  /// - Precondition: There is one surprise per channel, none below zero.
  func score(_ surprises: ArraySlice<Float>, largest: Int) -> Float {
    var (first, second, third) = (Float(0), Float(0), Float(0))
    for surprise in surprises where surprise > third {
      if surprise > first {
        (first, second, third) = (surprise, first, second)
      } else if surprise > second {
        (second, third) = (surprise, second)
      } else {
        third = surprise
      }
    }
    return third > 0 ? strength(surprises, largest: largest, limit: third) : 0
  }

  /// The mean over the `largest` groups of the mean of each group's two largest surprises; a channel that is alone in its
  /// group counts half.
  ///
  /// - Precondition: There is one surprise per channel, none below zero.
  func strength(_ surprises: ArraySlice<Float>, largest: Int, limit: Float = .infinity) -> Float {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { tops in
      tops.initialize(repeating: 0)
      for (group, unlimited) in zip(numbers, surprises) where unlimited > tops[2 * group + 1] {
        let surprise = min(unlimited, limit)
        if surprise > tops[2 * group] {
          tops[2 * group + 1] = tops[2 * group]
          tops[2 * group] = surprise
        } else {
          tops[2 * group + 1] = surprise
        }
      }
      for group in 0..<count { tops[group] = (tops[2 * group] + tops[2 * group + 1]) / 2 }
      var total: Float = 0
      for _ in 0..<min(largest, count) {
        var best = 0
        for group in 0..<count where tops[group] > tops[best] { best = group }
        total += tops[best]
        tops[best] = 0
      }
      return total / Float(largest)
    }
  }
}
