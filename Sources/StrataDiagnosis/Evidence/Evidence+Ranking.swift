import StrataEvaluation
public import StrataTelemetry
import StrataTensor

extension Evidence {
  /// The mean contributions of the entities of one role.
  struct RoleMeans {
    let role: String
    let channels: [ChannelReference]
    let members: [EntityPath]
    /// Per member, whether it had clean time of its own.
    let isKnown: [Bool]
    /// `member · channels + channel`.
    let means: [Float]
    /// The first sample at which a contribution stood out; −1 where none did.
    let onsets: [Int]
    /// How many groups of channels make a strength.
    let largest: Int
  }

  /// Every entity that differs from its peers, strongest first.
  ///
  /// In a job whose members wait for each other a fault shows everywhere: most of what a victim's channels contribute, all
  /// others show as well. Of the mean contribution of every channel, therefore, only that part counts which exceeds the
  /// lower quartile over the entities of the same role. An entity with fewer than two peers is taken as it is. The
  /// strength is that of the score, so that one or two channels, however far they deviate, blame nobody before the
  /// entity of whom three speak; those of whom fewer speak follow in the order of what they say.
  static func ranking(_ roles: [RoleMeans]) -> [Entity] {
    var entities: [(entity: Entity, unlimited: Float)] = []
    for role in roles {
      let channels = role.channels.count
      let groups = ChannelGroups(role.channels)
      let shared = (0..<channels).map { channel in
        role.members.count < RoleBaseline.smallestGroup
          ? 0
          : Float(
            quantile(0.25, of: role.members.indices.map { Double(role.means[$0 * channels + channel]) }))
      }
      for (member, entity) in role.members.enumerated() {
        let cells = member * channels..<(member + 1) * channels
        let excess = zip(role.means[cells], shared).map { max($0 - $1, 0) }
        let unlimited = groups.strength(excess[...], largest: role.largest)
        guard unlimited > 0 else { continue }
        let found = Entity(
          entity: entity, role: role.role, strength: groups.score(excess[...], largest: role.largest),
          hasOwnBaseline: role.isKnown[member],
          channels: Self.channels(
            role.channels, contributions: Array(role.means[cells]), excess: excess,
            onsets: Array(role.onsets[cells])))
        entities.append((found, unlimited))
      }
    }
    return entities.sorted {
      ($1.entity.strength, $1.unlimited, $0.entity.entity) < ($0.entity.strength, $0.unlimited, $1.entity.entity)
    }.map(\.entity)
  }

  /// The channels that stand out most, by what exceeds their peers.
  static func channels(
    _ channels: [ChannelReference], contributions: [Float], excess: [Float], onsets: [Int]
  ) -> [Channel] {
    let all = channels.indices.map { index in
      Channel(
        layer: channels[index].layer, name: channels[index].channel.name, contribution: contributions[index],
        excess: excess[index], onset: onsets[index] < 0 ? nil : onsets[index])
    }
    return all.filter { $0.excess > 0 }.sorted { ($1.excess, $0.layer, $0.name) < ($0.excess, $1.layer, $1.name) }
  }

  /// Ranks entities over an interval that is given, from scores with contributions.
  ///
  /// - Parameters:
  ///   - scored: The scores of one run.
  ///   - samples: The interval, in samples of the run.
  ///   - run: Says which entities are each other's peers.
  /// - Complexity: O(samples · entities · channels).
  public init(_ scored: [ScoreSeries], during samples: Range<Int>, in run: Run) {
    let known = scored.filter { samples.overlaps($0.samples) && $0.contributions != nil }
    let groups = Dictionary(grouping: known) { run.role(of: $0.entity) }
    let roles = groups.sorted { $0.key < $1.key }.map { role, members in
      let means = members.flatMap { $0.channelContributions(in: $0.positions(of: samples)) }
      return RoleMeans(
        role: role, channels: members[0].channels, members: members.map(\.entity),
        isKnown: members.map { _ in true }, means: means, onsets: [Int](repeating: -1, count: means.count),
        largest: SurpriseOptions().groups)
    }
    self.init(entities: Self.ranking(roles), roles: [])
  }
}
