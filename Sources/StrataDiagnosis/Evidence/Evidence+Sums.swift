import StrataTelemetry
import StrataTensor

extension Evidence {
  /// The evidence of an incident: its mean contributions, of entities among their peers and of whole roles.
  init(
    _ sums: [IncidentTracker.Sums], roles names: [String], largest groups: Int, streams: [any RoleStream]
  ) {
    var own: [RoleMeans] = []
    var roles: [Role] = []
    for (sums, (name, stream)) in zip(sums, zip(names, streams)) where sums.count > 0 {
      let channels = stream.channels
      // An entity that came during the incident has no sums before it came.
      let members = sums.own.count / channels.count
      func means(_ sums: [Double], _ count: Int) -> [Float] { sums.map { Float($0 / Double(count)) } }
      own.append(
        RoleMeans(
          role: name, channels: channels, members: Array(stream.members.prefix(members)),
          isKnown: Array(stream.isKnown.prefix(members)), means: means(sums.own, sums.count),
          onsets: sums.ownOnsets, largest: groups))
      let common = means(sums.common, sums.count)
      let strength = ChannelGroups(channels).strength(common[...], largest: groups)
      guard strength > 0 else { continue }
      roles.append(
        Role(
          role: name, strength: strength,
          channels: Array(
            Self.channels(channels, contributions: common, excess: common, onsets: sums.commonOnsets)
              .prefix(Self.limits.channels))))
    }
    let entities = Self.ranking(own).prefix(Self.limits.entities).map { entity in
      Entity(
        entity: entity.entity, role: entity.role, strength: entity.strength, hasOwnBaseline: entity.hasOwnBaseline,
        channels: Array(entity.channels.prefix(Self.limits.channels)))
    }
    self.init(entities: entities, roles: roles.sorted { ($1.strength, $0.role) < ($0.strength, $1.role) })
  }
}
