import StrataTensor

extension RobustScale {
  /// Samples that the scale of a role is estimated from; more are thinned evenly.
  private static let pooledSampleLimit = 1 << 20
  /// Moments that the usual distance between peers is estimated from; more are thinned evenly.
  private static let peerMomentLimit = 2048
  /// Sensors with more different values than this are not visibly quantised.
  private static let quantisedValueLimit = 256

  /// Fits the scale to the samples of the training split, and to nothing else.
  ///
  /// Counters are taken as rates (see ``CounterRates``). Layers and channels are those of the training runs, channels in
  /// the order in which they first occur. The result does not depend on `threads`.
  ///
  /// - Complexity: O(samples) on average.
  public init(fitting split: TrainingSplit, options: Options = Options(), threads: Int = 1) {
    let runs = split.runs.map { $0.withCountersAsRates() }
    let used = split.regions.map { runs[$0.run] }
    let layers = TelemetryLayer.allCases.filter { layer in used.contains { $0[layer] != nil } }
    self.init(
      options: options,
      layers: layers.map { Self.fit($0, runs: runs, regions: split.regions, options: options, threads: threads) })
  }

  private static func fit(
    _ layer: TelemetryLayer, runs: [Run], regions: [SplitRegion], options: Options, threads: Int
  ) -> LayerScale {
    var channels: [Channel] = []
    var names: Set<String> = []
    for region in regions {
      for channel in runs[region.run][layer]?.channels ?? [] where names.insert(channel.name).inserted {
        channels.append(channel)
      }
    }
    let sources = regions.compactMap { region in
      LayerSource(layer, channels: channels, region: region, run: runs[region.run])
    }
    var roles: [EntityPath: String] = [:]
    for region in regions {
      for entity in region.entities where roles[entity] == nil { roles[entity] = runs[region.run].role(of: entity) }
    }
    let entities = roles.keys.filter { entity in sources.contains { $0.position(of: entity) != nil } }.sorted()
    let roleNames = Set(entities.map { roles[$0]! }).sorted()
    let (fixedChannels, fixedRoles) = (channels, roles)
    let fitted = parallelMap(count: channels.count, threads: threads) { index in
      ChannelFit(
        channel: index, logarithm: options.logarithmOfRates && fixedChannels[index].kind == .rate,
        isCount: fixedChannels[index].kind == .event, sources: sources, entities: entities, roles: fixedRoles,
        roleNames: roleNames, options: options)
    }
    func scales(_ pick: (ChannelFit) -> [(centre: Float, spread: Float)], _ position: Int) -> ChannelScale {
      let picked = fitted.map { pick($0)[position] }
      return ChannelScale(centres: picked.map(\.centre), spreads: picked.map(\.spread))
    }
    return LayerScale(
      layer: layer, channels: channels,
      entities: Dictionary(uniqueKeysWithValues: entities.enumerated().map { ($1, scales(\.entities, $0)) }),
      roles: Dictionary(uniqueKeysWithValues: roleNames.enumerated().map { ($1, scales(\.roles, $0)) }),
      peerSpreads: Dictionary(
        uniqueKeysWithValues: roleNames.enumerated().map { position, role in
          (role, fitted.map { $0.peerSpreads[position] })
        }))
  }

  /// The scales of one channel, over all entities and roles.
  private struct ChannelFit: Sendable {
    var entities: [(centre: Float, spread: Float)] = []
    var roles: [(centre: Float, spread: Float)] = []
    var peerSpreads: [Float] = []

    init(
      channel: Int, logarithm: Bool, isCount: Bool, sources: [LayerSource], entities: [EntityPath],
      roles: [EntityPath: String], roleNames: [String], options: Options
    ) {
      var samples: [Float] = []
      var pooledSpreads: [Float] = []  // by role, before the floor
      var resolutions: [Float] = []  // by role
      var membersOfRole: [String: [Int]] = [:]
      for (position, entity) in entities.enumerated() { membersOfRole[roles[entity]!, default: []].append(position) }
      let total = sources.reduce(0) { $0 + $1.region.samples.count }

      for role in roleNames {
        let members = membersOfRole[role]!
        let every = max(1, total * members.count / RobustScale.pooledSampleLimit)
        samples.removeAll(keepingCapacity: true)
        for position in members {
          for source in sources {
            guard let place = source.position(of: entities[position]) else { continue }
            source.appendObserved(channel: channel, entity: place, every: every, logarithm: logarithm, to: &samples)
          }
        }
        let pooled = RobustScale.centreAndSpread(of: &samples, options: options, pooledSpread: 0)
        pooledSpreads.append(pooled.spread)
        let step = isCount ? 1 : options.resolutionShare > 0 ? RobustScale.resolution(of: samples) : 0
        resolutions.append(options.resolutionShare * step)
        guard !samples.isEmpty else {
          self.roles.append((0, 0))
          peerSpreads.append(0)
          continue
        }
        self.roles.append((pooled.centre, options.floored(max(pooled.spread, resolutions.last!))))
        let usual = RobustScale.usualPeerSpread(channel: channel, role: role, sources: sources, logarithm: logarithm)
        // Peers that are usually equal are measured with a share of how much the channel varies in time.
        let spread = usual > 0 ? usual : options.pooledShare * pooled.spread
        peerSpreads.append(
          options.floored(max(spread, options.relativeFloor * abs(pooled.centre), resolutions.last!)))
      }
      for entity in entities {
        samples.removeAll(keepingCapacity: true)
        for source in sources {
          guard let place = source.position(of: entity) else { continue }
          source.appendObserved(channel: channel, entity: place, logarithm: logarithm, to: &samples)
        }
        let role = roleNames.firstIndex(of: roles[entity]!)!
        guard !samples.isEmpty else {
          self.entities.append(self.roles[role])
          continue
        }
        let own = RobustScale.centreAndSpread(of: &samples, options: options, pooledSpread: pooledSpreads[role])
        self.entities.append((own.centre, options.floored(max(own.spread, resolutions[role]))))
      }
    }
  }

  /// The smallest step between different values; zero where there is one value, or too many to be steps.
  private static func resolution(of samples: [Float]) -> Float {
    var values: Set<Float> = []
    for sample in samples {
      values.insert(sample)
      if values.count > quantisedValueLimit { return 0 }
    }
    let ordered = values.sorted()
    return zip(ordered, ordered.dropFirst()).map { $1 - $0 }.min() ?? 0
  }

  /// The centre and the spread of samples, zero for a constant zero; both zero when there is no sample.
  private static func centreAndSpread(
    of samples: inout [Float], options: Options, pooledSpread: Float
  ) -> (centre: Float, spread: Float) {
    guard !samples.isEmpty else { return (0, 0) }
    let deviation = samples.withUnsafeBufferPointer { Float(Moments($0).deviation) }
    return samples.withUnsafeMutableBufferPointer { samples in
      let centre = OrderStatistics.median(samples)
      let range = OrderStatistics.quantile(0.75, of: samples) - OrderStatistics.quantile(0.25, of: samples)
      let spread = max(
        max(range / Float(OrderStatistics.normalInterquartileRange), options.deviationShare * deviation),
        max(options.pooledShare * pooledSpread, options.relativeFloor * abs(centre)))
      return (centre, spread)
    }
  }

  /// The median over training time of the robust distance between peers at one time; zero without enough peers.
  private static func usualPeerSpread(
    channel: Int, role: String, sources: [LayerSource], logarithm: Bool
  ) -> Float {
    var spreads: [Float] = []
    for source in sources {
      guard let column = source.columns[channel], let members = source.groups[role],
        members.count >= PeerView.smallestGroup
      else { continue }
      let step = max(1, source.region.samples.count / peerMomentLimit)
      var buffer = [Float](repeating: 0, count: members.count)
      source.series.values.withElements { elements in
        buffer.withUnsafeMutableBufferPointer { buffer in
          for time in stride(from: source.region.samples.lowerBound, to: source.region.samples.upperBound, by: step) {
            let count = source.gatherPeers(
              column: column, time: time, members: members, logarithm: logarithm, from: elements, into: buffer)
            guard count >= PeerView.smallestGroup else { continue }
            let observed = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            let centre = OrderStatistics.median(observed)
            spreads.append(
              OrderStatistics.medianDeviation(observed, around: centre)
                * Float(OrderStatistics.normalDeviationPerMedianDeviation))
          }
        }
      }
    }
    return spreads.isEmpty ? 0 : spreads.withUnsafeMutableBufferPointer { OrderStatistics.median($0) }
  }
}

extension RobustScale.Options {
  /// The spread, or what stands for it where there is none.
  fileprivate func floored(_ spread: Float) -> Float {
    spread > 0 ? min(spread, .greatestFiniteMagnitude) : absoluteFloor
  }
}
