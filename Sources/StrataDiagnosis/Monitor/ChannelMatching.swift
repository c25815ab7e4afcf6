import StrataTelemetry

/// How the channels and entities of a run correspond to those of a detector: by name.
struct ChannelMatching {
  private let layers: [LayerMetadata]
  private let detector: FittedDetector
  /// What makes scores meaningless, in words; `nil` when nothing does.
  private(set) var contradiction: String?
  /// What does not fit, channel by channel.
  private(set) var notices: [String] = []

  init(_ layers: [LayerMetadata], detector: FittedDetector) {
    (self.layers, self.detector) = (layers, detector)
    let expected = Self.unique(detector.roles.flatMap(\.detector.channels))
    let known = Set(expected.map(\.description))
    var found: Set<String> = []
    for layer in layers {
      for channel in layer.channels {
        let reference = ChannelReference(layer: layer.layer, channel: channel)
        found.insert(reference.description)
        guard let own = expected.first(where: { $0.description == reference.description }) else { continue }
        compare(channel.kind == .counter ? channel.asRate : channel, own.channel, called: reference.description)
      }
    }
    for layer in TelemetryLayer.allCases {
      let own = expected.filter { $0.layer == layer }
      let missing = own.filter { !found.contains($0.description) }
      if !own.isEmpty, missing.count == own.count {
        notices.append("the \(layer) layer is missing: its \(own.count) channels are not watched")
      } else {
        for reference in missing {
          let candidates = found.subtracting(known).filter { $0.hasPrefix("\(layer)/") }
          notices.append(
            "channel '\(reference)' is missing and not watched"
              + Suggestion.clause(for: reference.description, among: candidates.sorted()))
        }
      }
    }
    for name in found.subtracting(known).sorted() {
      notices.append("channel '\(name)' is not known to the detector and not watched")
    }
  }

  private mutating func compare(_ channel: Channel, _ own: Channel, called name: String) {
    if channel.kind != own.kind, contradiction == nil {
      contradiction =
        "channel '\(name)' is a \(channel.kind.rawValue), in the detector's clean time it was a \(own.kind.rawValue): "
        + "correct the mapping, or fit the detector anew with 'strata adapt'"
    }
    if channel.unit != own.unit {
      notices.append("channel '\(name)' is in '\(channel.unit)', in clean time it was in '\(own.unit)'")
    }
  }

  /// The role of an entity among those that the detector knows: by name or topology, else the one of which it has the
  /// most channels among roles at its depth; `nil` when there is none.
  func role(of entity: EntityPath, in run: Run) -> String? {
    let named = run.role(of: entity)
    if detector.roles.contains(where: { $0.name == named }) { return named }
    let depth = entity.components.count
    let own = Set(
      layers.filter { $0.entities.contains(entity) }.flatMap { layer in
        layer.channels.map { "\(layer.layer)/\($0.name)" }
      })
    let fitting = detector.roles.compactMap { role -> (name: String, share: Double)? in
      guard role.detector.members.contains(where: { $0.components.count == depth }) else { return nil }
      let shared = role.detector.channels.count { own.contains($0.description) }
      let share = Double(shared) / Double(max(role.detector.channels.count, 1))
      return share > 0.5 ? (role.name, share) : nil
    }
    return fitting.max { ($0.share, $1.name) < ($1.share, $0.name) }?.name
  }

  /// What is said of entities without clean time of their own, and of those that are not scored.
  ///
  /// - Parameters:
  ///   - new: Entities that nothing was said of before.
  ///   - isFirst: Whether these are the first samples.
  func entityNotices(
    streams: [any RoleStream], unscored: Set<EntityPath>, new: Set<EntityPath>, isFirst: Bool
  ) -> [String] {
    var notices: [String] = []
    let present = Set(layers.flatMap(\.entities))
    for (role, stream) in zip(detector.roles, streams) {
      let strangers = zip(stream.members, stream.isKnown).filter { !$0.1 && new.contains($0.0) }.map(\.0)
      if !strangers.isEmpty {
        notices.append(
          "\(Self.list(strangers)) had no clean time: compared with what is usual for the role "
            + "'\(role.name)'" + (role.detector is RoleBaseline ? " until enough samples of their own are known" : ""))
      }
      let gone = Set(role.detector.members).subtracting(present)
      if isFirst, !gone.isEmpty { notices.append("\(Self.list(gone.sorted())) of clean time is not there") }
    }
    let without = unscored.filter(new.contains).sorted()
    if !without.isEmpty {
      notices.append(
        "\(Self.list(without)) has a role that clean time did not have and is not scored: give it one in the topology, "
          + "or fit the detector anew with 'strata adapt'")
    }
    return notices
  }

  private static func list(_ entities: [EntityPath]) -> String {
    let shown = entities.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return entities.count > 3 ? "\(shown) and \(entities.count - 3) more" : shown
  }

  private static func unique(_ references: [ChannelReference]) -> [ChannelReference] {
    var names: Set<String> = []
    return references.filter { names.insert($0.description).inserted }
  }
}
