public import StrataTelemetry
public import StrataTensor

/// Clean time of the entities of one role: what a method of detection is fitted to.
public struct RoleCleanTime: Sendable {
  /// Runs, counters as rates, with the members that have the role in each. Their clocks agree.
  public let runs: [(run: Run, members: [EntityPath])]
  /// Every channel that one of the members has, layer after layer; it need not have been observed.
  public let channels: [ChannelReference]
  /// Those of the fitted detector.
  public let options: SurpriseOptions
  /// The only source of randomness: equal seeds and runs give equal detectors.
  public let seed: UInt64
  /// How many threads may work; results do not depend on it.
  public let threads: Int

  init(_ runs: [(run: Run, members: [EntityPath])], options: SurpriseOptions, seed: UInt64, threads: Int) {
    (self.runs, self.options, self.seed, self.threads) = (runs, options, seed, threads)
    channels = Self.channels(of: runs)
  }

  /// All members of all runs, ordered.
  public var members: [EntityPath] { Set(runs.flatMap(\.members)).sorted() }

  /// The samples of one member in one run, shape `[time, channel]`, NaN where missing.
  ///
  /// - Parameters:
  ///   - member: Whose.
  ///   - run: One of ``runs``.
  public func samples(of member: EntityPath, in run: Run) -> NDArray {
    RoleLayout([member], channels: channels, in: run.metadata.layers).rows(of: run, 0..<run.sampleCount)
  }

  private static func channels(of runs: [(run: Run, members: [EntityPath])]) -> [ChannelReference] {
    var found: [ChannelReference] = []
    for layer in TelemetryLayer.allCases {
      var names: Set<String> = []
      for (run, members) in runs {
        guard let series = run[layer], !Set(series.entities).isDisjoint(with: members) else { continue }
        for channel in series.channels where names.insert(channel.name).inserted {
          found.append(ChannelReference(layer: layer, channel: channel))
        }
      }
    }
    return found
  }
}
