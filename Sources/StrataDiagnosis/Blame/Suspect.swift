import StrataEvaluation
public import StrataTelemetry

/// An entity that may have caused what happened, and what speaks against it.
public struct Suspect: Hashable, Codable, Sendable {
  /// Who.
  public let entity: EntityPath
  /// How far it differs from its peers: the Euclidean length of `excess`, or the mean score where the method names no
  /// channels.
  public let strength: Float
  /// By how much the mean contribution of every channel exceeds what most peers show; empty where the method names no
  /// channels.
  public let excess: [Float]

  /// An entity with what was found out about it.
  public init(entity: EntityPath, strength: Float, excess: [Float] = []) {
    (self.entity, self.strength, self.excess) = (entity, strength, excess)
  }

  /// Everybody who was scored, the most suspect first.
  ///
  /// In a job whose members wait for each other a fault shows everywhere: most of what a victim's channels contribute to
  /// its score, all others show as well. Of the mean contribution of every channel, therefore, only that part counts
  /// which exceeds the lower quartile over the entities of the same role: what three quarters of them share cancels, even
  /// where a fault has several culprits. An entity with fewer than two peers is taken as it is.
  ///
  /// - Parameters:
  ///   - scored: The scores of one run.
  ///   - samples: While it happened, in samples of the run.
  ///   - run: Says which entities are each other's peers.
  /// - Returns: Entities that have scores in that time; those with equal strength by name.
  /// - Complexity: O(samples · entities · channels).
  public static func ranking(_ scored: [ScoreSeries], during samples: Range<Int>, in run: Run) -> [Suspect] {
    let known = scored.filter { samples.overlaps($0.samples) }
    let means = known.map { series in series.channelContributions(in: series.positions(of: samples)) }
    let groups = Dictionary(grouping: known.indices) { run.role(of: known[$0].entity) }
    var suspects: [Suspect] = []
    for members in groups.values {
      let shared = sharedLevel(of: members.map { means[$0] })
      for index in members {
        let excess = zip(means[index], shared).map { max($0 - $1, 0) }
        let strength =
          excess.isEmpty
          ? known[index].meanScore(in: known[index].positions(of: samples))
          : excess.reduce(0) { $0 + $1 * $1 }.squareRoot()
        suspects.append(Suspect(entity: known[index].entity, strength: strength, excess: excess))
      }
    }
    return suspects.sorted { ($1.strength, $0.entity) < ($0.strength, $1.entity) }
  }

  /// What three quarters of the members of a group show at least, channel by channel.
  private static func sharedLevel(of means: [[Float]]) -> [Float] {
    let width = means[0].count
    guard means.count > 2 else { return [Float](repeating: 0, count: width) }
    return (0..<width).map { channel in Float(quantile(0.25, of: means.map { Double($0[channel]) })) }
  }
}

extension ScoreSeries {
  /// The positions of samples of the run among the scores.
  func positions(of samples: Range<Int>) -> Range<Int> {
    let own = samples.clamped(to: self.samples)
    return own.lowerBound - self.samples.lowerBound..<own.upperBound - self.samples.lowerBound
  }

  fileprivate func meanScore(in positions: Range<Int>) -> Float {
    Float(scores[positions].reduce(0.0) { $0 + Double($1) } / Double(max(positions.count, 1)))
  }
}
